#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace touchstone::cel {

enum class LiteralKind { kNull, kBool, kInt, kUint, kDouble, kString, kBytes };

struct Literal {
  LiteralKind kind = LiteralKind::kNull;
  bool boolean = false;
  int64_t integer = 0;
  uint64_t natural = 0;
  double real = 0;
  std::string text;  // Of kString and kBytes, escapes resolved.
};

enum class Operator {
  kAnd,  // Of two or more.
  kOr,   // Of two or more.
  kConditional,
  kNot,
  kNegate,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIn,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kIndex,
};

// As it is written, `+` or `in`.
absl::string_view OperatorText(Operator op);

enum class ExprKind {
  kLiteral,
  kIdent,     // name
  kSelect,    // children[0].name
  kCall,      // name(children...)
  kReceiver,  // children[0].name(children[1]...)
  kOperator,  // op over children
  kList,      // children
  kMap,       // children: key, value, key, value...
};

// An expression as it was written: no name is resolved, no macro expanded.
struct Expr {
  ExprKind kind = ExprKind::kLiteral;
  Operator op = Operator::kAnd;
  bool root_scope = false;  // The name was written with a dot before it.
  int begin = 0;            // Bytes of the text: [begin, end).
  int end = 0;
  int place = 0;  // Where a caret goes: the operator, the selected name, the called function.
  int depth = 1;  // Levels of this tree.
  std::string name;
  Literal literal;
  std::vector<std::unique_ptr<Expr>> children;
};

}  // namespace touchstone::cel
