#include <google/protobuf/descriptor.h>

#include "absl/strings/str_cat.h"
#include "common/cel/checker.h"
#include "common/text/nearest.h"

// Names: variables, constants, fields.
namespace touchstone::cel {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// `a.b.c` of the selections of an identifier; empty if it is something else.
std::string DottedName(const Expr& expr) {
  if (expr.kind == ExprKind::kIdent) return expr.name;
  if (expr.kind != ExprKind::kSelect) return "";
  const std::string operand = DottedName(*expr.children[0]);
  return operand.empty() ? "" : absl::StrCat(operand, ".", expr.name);
}

const Expr& FirstOf(const Expr& expr) { return expr.kind == ExprKind::kSelect ? FirstOf(*expr.children[0]) : expr; }

std::vector<std::string> FieldNames(const Descriptor* descriptor) {
  std::vector<std::string> names;
  for (int i = 0; i < descriptor->field_count(); ++i) names.push_back(descriptor->field(i)->name());
  return names;
}

bool HoldsLeftOut(const Type& type) {
  if (type.kind() == Kind::kList) return HoldsLeftOut(type.element());
  if (type.kind() == Kind::kMap) return HoldsLeftOut(type.value());
  return type.kind() == Kind::kLeftOut;
}

std::string NoFields(const Type& type, absl::string_view field) {
  if (type.kind() == Kind::kTimestamp || type.kind() == Kind::kDuration) {
    return absl::StrCat("a ", type.Name(), " has no fields; its parts are functions, like getSeconds()");
  }
  if (type.kind() == Kind::kList)
    return absl::StrCat("a ", type.Name(), " has no field '", field, "'; try .exists(x, x.", field, " ...)");
  return absl::StrCat("a value of type ", type.Name(), " has no fields");
}

}  // namespace

Checker::NodePtr Checker::ResolveLocal(const Expr& expr) {
  if (expr.kind != ExprKind::kIdent || expr.root_scope) return nullptr;
  for (size_t i = locals_.size(); i-- > 0;) {
    if (locals_[i].name != expr.name) continue;
    NodePtr node = NewNode(Op::kLocal, expr, locals_[i].type);
    node->slot = static_cast<int>(i);
    return node;
  }
  return nullptr;
}

Checker::NodePtr Checker::ResolveName(const Expr& expr) {
  const std::string name = DottedName(expr);
  if (name.empty()) return nullptr;
  const Expr& first = FirstOf(expr);
  // A macro's variable hides every name that begins with it.
  if (&first != &expr && ResolveLocal(first) != nullptr) return nullptr;
  const std::vector<std::string> scopes = first.root_scope ? std::vector<std::string>{name} : environment_.Scopes(name);
  for (const std::string& scope : scopes) {
    if (const absl::optional<int> index = environment_.VariableIndex(scope); index.has_value()) {
      NodePtr node = NewNode(Op::kVariable, expr, environment_.variables()[*index].type);
      node->slot = *index;
      return node;
    }
    if (const absl::optional<Environment::Constant> constant = environment_.FindConstant(scope); constant.has_value()) {
      NodePtr node = NewNode(Op::kConstant, expr, Type::Enum(constant->enumeration));
      node->constant = Value::Int(constant->value);
      return node;
    }
  }
  return nullptr;
}

Checker::NodePtr Checker::UnknownName(const Expr& expr) {
  static const auto* type_names = new std::vector<absl::string_view>{
      "bool", "bytes", "double", "duration", "dyn", "int", "list", "map", "null_type", "string", "timestamp", "type", "uint"};
  const std::string name = DottedName(expr);
  for (absl::string_view type_name : *type_names) {
    if (name == type_name)
      return Fail(expr.place, absl::StrCat("types as values, like '", name, "', are left out of this CEL"), expr);
  }
  return Fail(FirstOf(expr).place, absl::StrCat("unknown name '", name, "'", text::DidYouMean(name, environment_.names())), expr);
}

Checker::NodePtr Checker::CheckIdent(const Expr& expr) {
  NodePtr node = ResolveLocal(expr);
  if (node == nullptr) node = ResolveName(expr);
  return node == nullptr ? UnknownName(expr) : std::move(node);
}

// The longest prefix of a dotted name that is a variable or a constant; the rest are fields.
Checker::NodePtr Checker::CheckSelect(const Expr& expr) {
  if (NodePtr node = ResolveName(expr); node != nullptr) return node;
  // `Channel.PHNE` is one unknown name, not a field of an unknown `Channel`.
  const Expr* operand = expr.children[0].get();
  if (!DottedName(expr).empty() && ResolveLocal(FirstOf(expr)) == nullptr) {
    const Expr* prefix = operand;
    while (prefix->kind == ExprKind::kSelect && ResolveName(*prefix) == nullptr) prefix = prefix->children[0].get();
    if (prefix->kind == ExprKind::kIdent && ResolveName(*prefix) == nullptr) return UnknownName(expr);
  }
  return Select(expr, Check(*operand), false);
}

Checker::NodePtr Checker::CheckHas(const Expr& expr) {
  if (expr.children.size() != 1 || expr.children[0]->kind != ExprKind::kSelect) {
    return Fail(expr.place, "has() takes a field: has(touchpoint.survey)", expr);
  }
  const Expr& selection = *expr.children[0];
  NodePtr node = Select(selection, Check(*selection.children[0]), true);
  node->begin = expr.begin;
  node->end = expr.end;
  return node;
}

Checker::NodePtr Checker::Select(const Expr& expr, NodePtr operand, bool has) {
  if (operand->type.kind() == Kind::kMessage) return SelectField(expr, std::move(operand), has);
  const bool is_map = operand->type.kind() == Kind::kMap;
  if (!is_map && !operand->type.IsOpen()) return Fail(expr.place, NoFields(operand->type, expr.name), expr);
  if (is_map && !operand->type.key().IsOpen() && operand->type.key().kind() != Kind::kString) {
    return Fail(expr.place, absl::StrCat("the keys of this map are ", operand->type.key().Name(), "; write [...]"), expr);
  }
  NodePtr node = NewNode(has ? Op::kHasByName : Op::kSelectByName, expr,
                         has      ? Type::Bool()
                         : is_map ? operand->type.value()
                                  : Type::Dyn());
  node->name = arena_.Copy(expr.name);
  Adopt(*node, std::move(operand));
  return node;
}

Checker::NodePtr Checker::SelectField(const Expr& expr, NodePtr operand, bool has) {
  const Descriptor* descriptor = operand->type.message();
  const FieldDescriptor* field = descriptor->FindFieldByName(expr.name);
  if (field == nullptr) {
    const std::string written = std::string(text_.substr(operand->begin, operand->end - operand->begin));
    return Fail(
        expr.place,
        absl::StrCat("unknown field '", written, ".", expr.name, "'", text::DidYouMean(expr.name, FieldNames(descriptor))), expr);
  }
  Type type = Type::Field(field);
  if (!has && HoldsLeftOut(type)) {
    return Fail(expr.place, absl::StrCat("field '", expr.name, "' is a ", type.Name(), ", which is left out of this CEL"), expr);
  }
  NodePtr node = NewNode(has ? Op::kHasField : Op::kField, expr, has ? Type::Bool() : std::move(type));
  node->field = field;
  Adopt(*node, std::move(operand));
  return node;
}

}  // namespace touchstone::cel
