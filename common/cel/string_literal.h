#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "common/cel/compile_error.h"

namespace touchstone::cel {

// A string or bytes literal as it stands at the start of a text.
struct StringLiteral {
  bool is_bytes = false;
  std::string value;  // Escapes resolved. UTF-8 unless is_bytes.
  size_t length = 0;  // Bytes of text it took.
};

// True if `text` begins with a literal: a quote, or one of r, b, br (any case) and a quote.
bool BeginsStringLiteral(absl::string_view text);

// Reads the literal at the start of `text`, which BeginsStringLiteral. False, and `error` set (offset from the start of
// `text`), if it does not end or holds an escape that CEL does not know.
bool ReadStringLiteral(absl::string_view text, StringLiteral& literal, CompileError& error);

}  // namespace touchstone::cel
