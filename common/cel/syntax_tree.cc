#include "common/cel/syntax_tree.h"

namespace touchstone::cel {

absl::string_view OperatorText(Operator op) {
  switch (op) {
    case Operator::kAnd:
      return "&&";
    case Operator::kOr:
      return "||";
    case Operator::kConditional:
      return "?:";
    case Operator::kNot:
      return "!";
    case Operator::kNegate:
    case Operator::kSubtract:
      return "-";
    case Operator::kEqual:
      return "==";
    case Operator::kNotEqual:
      return "!=";
    case Operator::kLess:
      return "<";
    case Operator::kLessOrEqual:
      return "<=";
    case Operator::kGreater:
      return ">";
    case Operator::kGreaterOrEqual:
      return ">=";
    case Operator::kIn:
      return "in";
    case Operator::kAdd:
      return "+";
    case Operator::kMultiply:
      return "*";
    case Operator::kDivide:
      return "/";
    case Operator::kModulo:
      return "%";
    case Operator::kIndex:
      return "[]";
  }
  return "?";
}

}  // namespace touchstone::cel
