#include "absl/strings/str_cat.h"
#include "common/cel/checker.h"

// Operators with rules of their own; the arithmetic ones are overloads like functions.
namespace touchstone::cel {
namespace {

bool HasOrder(const Type& type) {
  switch (type.kind()) {
    case Kind::kList:
    case Kind::kMap:
    case Kind::kMessage:
    case Kind::kNull:
      return false;
    default:
      return true;
  }
}

// A message, time or span is there even if its field is not set: comparing it with null would always be false.
bool IsNeverNull(const Type& type) {
  return type.kind() == Kind::kMessage || type.kind() == Kind::kTimestamp || type.kind() == Kind::kDuration;
}

std::string Mismatch(absl::string_view op, const Type& a, const Type& b) {
  if (a.kind() == Kind::kNull || b.kind() == Kind::kNull) {
    const Type& other = a.kind() == Kind::kNull ? b : a;
    if (IsNeverNull(other)) return absl::StrCat("a ", other.Name(), " is never null; to ask whether a field is set, use has()");
    return absl::StrCat("a ", other.Name(), " is never null");
  }
  return absl::StrCat("'", op, "' compares values of one type, and not ", a.Name(), " with ", b.Name(),
                      "; convert one, or wrap it in dyn()");
}

Op OrderingOp(Operator op) {
  switch (op) {
    case Operator::kLess:
      return Op::kLess;
    case Operator::kLessOrEqual:
      return Op::kLessOrEqual;
    case Operator::kGreater:
      return Op::kGreater;
    default:
      return Op::kGreaterOrEqual;
  }
}

}  // namespace

Checker::NodePtr Checker::CheckOperator(const Expr& expr) {
  switch (expr.op) {
    case Operator::kAnd:
      return CheckLogic(expr, Op::kAnd);
    case Operator::kOr:
      return CheckLogic(expr, Op::kOr);
    case Operator::kNot:
      return CheckLogic(expr, Op::kNot);
    case Operator::kConditional:
      return CheckConditional(expr);
    case Operator::kEqual:
    case Operator::kNotEqual:
      return CheckEquality(expr);
    case Operator::kLess:
    case Operator::kLessOrEqual:
    case Operator::kGreater:
    case Operator::kGreaterOrEqual:
      return CheckOrdering(expr);
    case Operator::kIn:
      return CheckIn(expr);
    case Operator::kIndex:
      return CheckIndex(expr);
    default:
      return CheckOverloads(expr, CallStyle::kOperator, OperatorText(expr.op));
  }
}

bool Checker::WantBool(const Node& node, const Expr& expr) {
  if (node.type.kind() == Kind::kBool || node.type.IsOpen()) return true;
  Fail(expr.begin, absl::StrCat("this is a ", node.type.Name(), " where a bool is needed"), expr);
  return false;
}

Checker::NodePtr Checker::CheckLogic(const Expr& expr, Op op) {
  NodePtr node = NewNode(op, expr, Type::Bool());
  for (const auto& child : expr.children) {
    NodePtr checked = Check(*child);
    WantBool(*checked, *child);
    Adopt(*node, std::move(checked));
  }
  return node;
}

Checker::NodePtr Checker::CheckConditional(const Expr& expr) {
  NodePtr node = NewNode(Op::kConditional, expr, Type::Dyn());
  for (const auto& child : expr.children) Adopt(*node, Check(*child));
  WantBool(*node->children[0], *expr.children[0]);
  const Type &yes = node->children[1]->type, &no = node->children[2]->type;
  const absl::optional<Type> joined = Join(yes, no);
  if (!joined.has_value()) {
    return Fail(
        expr.place,
        absl::StrCat("'?:' chooses between values of one type, and not ", yes.Name(), " and ", no.Name(), "; wrap one in dyn()"),
        expr);
  }
  node->type = *joined;
  return node;
}

Checker::NodePtr Checker::CheckEquality(const Expr& expr) {
  NodePtr node = NewNode(expr.op == Operator::kEqual ? Op::kEqual : Op::kNotEqual, expr, Type::Bool());
  for (const auto& child : expr.children) Adopt(*node, Check(*child));
  const Type &left = node->children[0]->type, &right = node->children[1]->type;
  if (!Join(left, right).has_value()) return Fail(expr.place, Mismatch(OperatorText(expr.op), left, right), expr);
  return node;
}

Checker::NodePtr Checker::CheckOrdering(const Expr& expr) {
  NodePtr node = NewNode(OrderingOp(expr.op), expr, Type::Bool());
  for (const auto& child : expr.children) Adopt(*node, Check(*child));
  const Type &left = node->children[0]->type, &right = node->children[1]->type;
  for (const Type* type : {&left, &right}) {
    if (!HasOrder(*type)) return Fail(expr.place, absl::StrCat("values of type ", type->Name(), " have no order"), expr);
  }
  if (!Join(left, right).has_value()) return Fail(expr.place, Mismatch(OperatorText(expr.op), left, right), expr);
  return node;
}

Checker::NodePtr Checker::CheckIn(const Expr& expr) {
  NodePtr node = NewNode(Op::kIn, expr, Type::Bool());
  for (const auto& child : expr.children) Adopt(*node, Check(*child));
  const Type &wanted = node->children[0]->type, &range = node->children[1]->type;
  if (range.IsOpen()) return node;
  if (range.kind() != Kind::kList && range.kind() != Kind::kMap) {
    return Fail(expr.place, absl::StrCat("'in' looks into a list or the keys of a map, and not into a ", range.Name()), expr);
  }
  const Type& held = range.kind() == Kind::kList ? range.element() : range.key();
  if (!Join(wanted, held).has_value()) return Fail(expr.place, Mismatch("in", wanted, held), expr);
  return node;
}

Checker::NodePtr Checker::CheckIndex(const Expr& expr) {
  NodePtr node = NewNode(Op::kIndex, expr, Type::Dyn());
  for (const auto& child : expr.children) Adopt(*node, Check(*child));
  const Type &operand = node->children[0]->type, &index = node->children[1]->type;
  if (operand.IsOpen()) return node;
  if (operand.kind() != Kind::kList && operand.kind() != Kind::kMap) {
    return Fail(expr.place, absl::StrCat("[...] is of lists and maps, and not of a ", operand.Name()), expr);
  }
  const Type wanted = operand.kind() == Kind::kList ? Type::Int() : operand.key();
  if (!Join(index, wanted).has_value()) {
    return Fail(expr.children[1]->begin, absl::StrCat("this is a ", index.Name(), " where a ", wanted.Name(), " is needed"),
                expr);
  }
  node->type = operand.value();
  return node;
}

}  // namespace touchstone::cel
