#include "common/cel/checker.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/cel/evaluation.h"
#include "common/cel/limits.h"

namespace touchstone::cel {
namespace {

bool IsKeyType(const Type& type) {
  return type.IsOpen() || (!type.nullable() && (type.kind() == Kind::kInt || type.kind() == Kind::kUint ||
                                                type.kind() == Kind::kBool || type.kind() == Kind::kString));
}

bool AllConstant(const Node& node) {
  return std::all_of(node.children.begin(), node.children.end(), [](const auto& child) { return child->op == Op::kConstant; });
}

// Of elements that do not agree, the list holds anything.
Type JoinOrDyn(const Type& a, const Type& b) { return Join(a, b).value_or(Type::Dyn()); }

}  // namespace

std::unique_ptr<Node> Checker::Run(const Expr& expr) {
  NodePtr node = Check(expr);
  if (!errors_.empty()) return nullptr;
  return node;
}

Checker::NodePtr Checker::NewNode(Op op, const Expr& expr, Type type) {
  auto node = std::make_unique<Node>();
  node->op = op;
  node->begin = expr.begin;
  node->end = expr.end;
  node->type = std::move(type);
  return node;
}

void Checker::Adopt(Node& parent, NodePtr child) {
  parent.nodes += child->nodes;
  parent.children.push_back(std::move(child));
}

Checker::NodePtr Checker::Fail(int place, std::string message, const Expr& expr) {
  if (errors_.size() < kCompileErrorsMax) errors_.push_back({place, std::move(message)});
  return NewNode(Op::kConstant, expr, Type::Dyn());
}

Checker::NodePtr Checker::Check(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kLiteral:
      return CheckLiteral(expr);
    case ExprKind::kIdent:
      return CheckIdent(expr);
    case ExprKind::kSelect:
      return CheckSelect(expr);
    case ExprKind::kCall:
      return CheckCall(expr);
    case ExprKind::kReceiver:
      return CheckReceiverCall(expr);
    case ExprKind::kOperator:
      return CheckOperator(expr);
    case ExprKind::kList:
      return CheckList(expr);
    case ExprKind::kMap:
      return CheckMap(expr);
  }
  return Fail(expr.place, "not an expression", expr);
}

Checker::NodePtr Checker::CheckLiteral(const Expr& expr) {
  NodePtr node = NewNode(Op::kConstant, expr, Type::Null());
  const Literal& literal = expr.literal;
  switch (literal.kind) {
    case LiteralKind::kNull:
      break;
    case LiteralKind::kBool:
      node->constant = Value::Bool(literal.boolean);
      break;
    case LiteralKind::kInt:
      node->constant = Value::Int(literal.integer);
      break;
    case LiteralKind::kUint:
      node->constant = Value::Uint(literal.natural);
      break;
    case LiteralKind::kDouble:
      node->constant = Value::Double(literal.real);
      break;
    case LiteralKind::kString:
      node->constant = Value::String(arena_.Copy(literal.text));
      break;
    case LiteralKind::kBytes:
      node->constant = Value::Bytes(arena_.Copy(literal.text));
      break;
  }
  node->type = Type::Of(node->constant.kind());
  return node;
}

Checker::NodePtr Checker::CheckList(const Expr& expr) {
  NodePtr node = NewNode(Op::kList, expr, Type::Dyn());
  Type element = Type::Nothing();
  for (const auto& child : expr.children) {
    NodePtr checked = Check(*child);
    element = JoinOrDyn(element, checked->type);
    Adopt(*node, std::move(checked));
  }
  node->type = Type::List(std::move(element));
  return AllConstant(*node) ? Fold(std::move(node), false) : std::move(node);
}

Checker::NodePtr Checker::CheckMap(const Expr& expr) {
  NodePtr node = NewNode(Op::kMap, expr, Type::Dyn());
  Type key = Type::Nothing(), value = Type::Nothing();
  for (size_t i = 0; i < expr.children.size(); i += 2) {
    NodePtr checked_key = Check(*expr.children[i]);
    if (!IsKeyType(checked_key->type)) {
      Fail(expr.children[i]->begin,
           absl::StrCat("a map's key is an int, uint, bool or string, and not ", checked_key->type.Name()), expr);
    }
    key = JoinOrDyn(key, checked_key->type);
    Adopt(*node, std::move(checked_key));
    NodePtr checked_value = Check(*expr.children[i + 1]);
    value = JoinOrDyn(value, checked_value->type);
    Adopt(*node, std::move(checked_value));
  }
  node->type = Type::Map(std::move(key), std::move(value));
  return AllConstant(*node) ? Fold(std::move(node), true) : std::move(node);
}

// What is made of literals alone is made once. If it `must_succeed`, a failure is reported now.
Checker::NodePtr Checker::Fold(NodePtr node, bool must_succeed) {
  if (!errors_.empty()) return node;
  const Value value = Evaluation({}, arena_, nullptr).Eval(*node);
  if (!value.IsError()) {
    node->op = Op::kConstant;
    node->constant = value;
    node->children.clear();
    node->overloads.clear();
    node->nodes = 1;
  } else if (must_succeed && errors_.size() < kCompileErrorsMax) {
    const Node& at = value.error_node() == nullptr ? *node : *value.error_node();
    errors_.push_back({at.begin, absl::StrCat(text_.substr(at.begin, at.end - at.begin), ": ", MessageOf(value.error()))});
  }
  return node;
}

}  // namespace touchstone::cel
