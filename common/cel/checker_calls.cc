#include <algorithm>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/cel/checker.h"
#include "common/cel/limits.h"
#include "common/cel/time_zone.h"
#include "common/text/nearest.h"

// Functions and macros.
namespace touchstone::cel {
namespace {

absl::optional<Op> MacroOp(absl::string_view name) {
  static const auto* macros = new absl::flat_hash_map<absl::string_view, Op>{{"all", Op::kAll},
                                                                             {"exists", Op::kExists},
                                                                             {"exists_one", Op::kExistsOne},
                                                                             {"filter", Op::kFilter},
                                                                             {"map", Op::kTransform}};
  const auto found = macros->find(name);
  if (found == macros->end()) return absl::nullopt;
  return found->second;
}

bool MayTake(const Overload& overload, const Node& call) {
  if (overload.parameters.size() != call.children.size()) return false;
  for (size_t i = 0; i < overload.parameters.size(); ++i) {
    const Type& type = call.children[i]->type;
    if (!type.IsOpen() && type.kind() != overload.parameters[i]) return false;
  }
  return true;
}

// What the allowed overloads agree on.
Type ResultType(const Node& call) {
  const Overload& first = *call.overloads.front();
  for (const Overload* overload : call.overloads) {
    if (overload->result != first.result) return Type::Dyn();
  }
  if (first.result != Kind::kList) return Type::Of(first.result);
  return Join(call.children[0]->type, call.children[1]->type).value_or(Type::List(Type::Dyn()));
}

std::string ArgumentTypes(const Node& call, size_t from) {
  std::vector<std::string> names;
  for (size_t i = from; i < call.children.size(); ++i) names.push_back(call.children[i]->type.Name());
  return absl::StrJoin(names, ", ");
}

}  // namespace

Checker::NodePtr Checker::CheckCall(const Expr& expr) {
  if (expr.name == "has") return CheckHas(expr);
  if (expr.name == "dyn" && expr.children.size() == 1) {
    // Nothing happens when it is evaluated; only the type is let go.
    NodePtr node = Check(*expr.children[0]);
    node->type = Type::Dyn();
    return node;
  }
  if (expr.name == "type") return Fail(expr.place, "types as values, like those of type(), are left out of this CEL", expr);
  if (MacroOp(expr.name).has_value()) {
    return Fail(expr.place, absl::StrCat("write it behind a list or map: list.", expr.name, "(x, ...)"), expr);
  }
  return CheckOverloads(expr, CallStyle::kGlobal, expr.name);
}

Checker::NodePtr Checker::CheckReceiverCall(const Expr& expr) {
  if (const absl::optional<Op> macro = MacroOp(expr.name); macro.has_value()) return CheckMacro(expr, *macro);
  return CheckOverloads(expr, CallStyle::kReceiver, expr.name);
}

Checker::NodePtr Checker::CheckMacro(const Expr& expr, Op op) {
  const size_t arguments = expr.children.size() - 1;
  if (arguments != 2 && !(op == Op::kTransform && arguments == 3)) {
    return Fail(expr.place, absl::StrCat(expr.name, "() takes a name and an expression: list.", expr.name, "(x, ...)"), expr);
  }
  const Expr& variable = *expr.children[1];
  if (variable.kind != ExprKind::kIdent || variable.root_scope) {
    return Fail(variable.begin, absl::StrCat("the first argument of ", expr.name, "() is a name that it gives to each element"),
                expr);
  }
  if (locals_.size() >= static_cast<size_t>(kMacroDepthMax)) {
    return Fail(expr.place, absl::StrCat("more than ", kMacroDepthMax, " macros within one another"), expr);
  }
  NodePtr node = NewNode(op, expr, Type::Bool());
  NodePtr range = Check(*expr.children[0]);
  Type element = Type::Dyn();
  if (range->type.kind() == Kind::kList) {
    element = range->type.element();
  } else if (range->type.kind() == Kind::kMap) {
    element = range->type.key();
  } else if (!range->type.IsOpen()) {
    return Fail(expr.place,
                absl::StrCat(expr.name, "() goes over a list or the keys of a map, and not over a ", range->type.Name()), expr);
  }
  Adopt(*node, std::move(range));
  node->slot = static_cast<int>(locals_.size());
  locals_.push_back({variable.name, element});
  for (size_t i = 2; i < expr.children.size(); ++i) Adopt(*node, Check(*expr.children[i]));
  locals_.pop_back();
  const bool has_predicate = op != Op::kTransform || arguments == 3;
  if (has_predicate) WantBool(*node->children[1], *expr.children[2]);
  if (op == Op::kFilter) node->type = Type::List(std::move(element));
  if (op == Op::kTransform) node->type = Type::List(node->children.back()->type);
  return node;
}

Checker::NodePtr Checker::CheckOverloads(const Expr& expr, CallStyle style, absl::string_view name) {
  NodePtr node = NewNode(Op::kCall, expr, Type::Dyn());
  for (const auto& child : expr.children) Adopt(*node, Check(*child));
  for (const Overload* overload : FindOverloads(name, style)) {
    if (MayTake(*overload, *node)) node->overloads.push_back(overload);
  }
  if (node->overloads.empty()) return NoOverload(expr, *node, style);
  node->type = ResultType(*node);
  if (name == "+" && node->type.kind() == Kind::kList && !Join(node->children[0]->type, node->children[1]->type).has_value()) {
    return NoOverload(expr, *node, style);
  }
  if (style == CallStyle::kOperator) return node;
  if (name == "matches") PreparePattern(expr, *node);
  if (style == CallStyle::kReceiver && name.substr(0, 3) == "get" && node->children.size() == 2) PrepareZone(expr, *node);
  const bool is_time = name == "timestamp" || name == "duration";
  return is_time && node->children[0]->op == Op::kConstant ? Fold(std::move(node), true) : std::move(node);
}

Checker::NodePtr Checker::NoOverload(const Expr& expr, const Node& call, CallStyle style) {
  if (style == CallStyle::kOperator) {
    return Fail(expr.place, absl::StrCat("'", OperatorText(expr.op), "' is not defined for ", ArgumentTypes(call, 0)), expr);
  }
  const CallStyle other = style == CallStyle::kGlobal ? CallStyle::kReceiver : CallStyle::kGlobal;
  if (!FindOverloads(expr.name, style).empty()) {
    const std::string of = style == CallStyle::kReceiver ? absl::StrCat(" of a ", call.children[0]->type.Name()) : "";
    return Fail(
        expr.place,
        absl::StrCat(expr.name, "(", ArgumentTypes(call, style == CallStyle::kReceiver ? 1 : 0), ")", of, " is not defined"),
        expr);
  }
  if (!FindOverloads(expr.name, other).empty()) {
    const absl::string_view form = other == CallStyle::kReceiver ? "value.%()" : "%(value)";
    return Fail(expr.place, absl::StrCat("write it as ", absl::StrReplaceAll(form, {{"%", expr.name}})), expr);
  }
  std::vector<std::string> names = FunctionNames(style);
  for (absl::string_view macro : {"all", "exists", "exists_one", "filter", "map"}) {
    if (style == CallStyle::kReceiver) names.emplace_back(macro);
  }
  if (style == CallStyle::kGlobal) names.emplace_back("has");
  return Fail(expr.place, absl::StrCat("unknown function '", expr.name, "'", text::DidYouMean(expr.name, names)), expr);
}

void Checker::PreparePattern(const Expr& expr, Node& call) {
  const Node& pattern = *call.children[1];
  if (pattern.op != Op::kConstant || pattern.constant.kind() != Kind::kString) {
    Fail(expr.children[1]->begin, "the pattern of matches() is a literal string here: it is compiled once, at load", expr);
    return;
  }
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kRegexBytesMax);
  const absl::string_view text = pattern.constant.text();
  auto regex = std::make_unique<const RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (!regex->ok()) {
    Fail(expr.children[1]->begin, absl::StrCat("no regular expression: ", regex->error()), expr);
    return;
  }
  call.regex = std::move(regex);
}

void Checker::PrepareZone(const Expr& expr, Node& call) {
  const Node& zone = *call.children[1];
  if (zone.op != Op::kConstant || zone.constant.kind() != Kind::kString) {
    Fail(expr.children[1]->begin, "the time zone is a literal string here: it is looked up once, at load", expr);
    return;
  }
  const absl::optional<absl::TimeZone> found = FindTimeZone(zone.constant.text());
  if (!found.has_value()) {
    Fail(expr.children[1]->begin,
         absl::StrCat("unknown time zone '", zone.constant.text(), "'; write 'Europe/Paris', 'UTC' or '+02:00'"), expr);
    return;
  }
  call.zone = *found;
}

}  // namespace touchstone::cel
