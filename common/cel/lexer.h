#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "common/cel/compile_error.h"
#include "common/cel/syntax_tree.h"

namespace touchstone::cel {

enum class TokenKind {
  kIdent,     // Also reserved words: as the name of a field they are allowed.
  kInt,       // Text without sign: `-` is an operator, and the parser joins them.
  kLiteral,   // uint, double, string, bytes, true, false, null
  kOperator,  // Punctuation and `in`.
  kEnd,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  int begin = 0;
  int end = 0;
  absl::string_view text;  // Borrows the expression.
  Literal literal;         // Of kLiteral.
};

// The tokens of `text`, kEnd last. Nothing, and `error` set, at the first place that is no token.
absl::optional<std::vector<Token>> Tokenize(absl::string_view text, CompileError& error);

// `as`, `break`, ...: words that CEL keeps for its hosts and that name no variable or function.
bool IsReservedWord(absl::string_view word);

}  // namespace touchstone::cel
