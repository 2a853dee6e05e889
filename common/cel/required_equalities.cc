#include "common/cel/required_equalities.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/cel/node.h"

namespace touchstone::cel {
namespace {

// Nothing: any value.
using Bound = absl::optional<std::set<std::string>>;

Bound Both(const Bound& a, const Bound& b) {
  if (!a.has_value() || !b.has_value()) return a.has_value() ? a : b;
  std::set<std::string> common;
  std::set_intersection(a->begin(), a->end(), b->begin(), b->end(), std::inserter(common, common.begin()));
  return common;
}

Bound Either(const Bound& a, const Bound& b) {
  if (!a.has_value() || !b.has_value()) return absl::nullopt;
  std::set<std::string> all = *a;
  all.insert(b->begin(), b->end());
  return all;
}

class Finder {
 public:
  Finder(const Environment& environment, absl::string_view path) : environment_(environment), path_(path) {}

  // What the path must hold for `node` to be true.
  Bound Of(const Node& node) const {
    switch (node.op) {
      case Op::kConstant:
        return node.constant.IsTrue() ? Bound() : Bound(std::set<std::string>());
      case Op::kAnd:
        return OfAnd(node);
      case Op::kOr:
        return OfOr(node);
      case Op::kConditional:
        return Either(Both(Of(*node.children[0]), Of(*node.children[1])), Of(*node.children[2]));
      case Op::kEqual: {
        const Node &left = *node.children[0], &right = *node.children[1];
        if (IsPath(left)) return Literals(right);
        return IsPath(right) ? Literals(left) : Bound();
      }
      case Op::kIn:
        return IsPath(*node.children[0]) ? Elements(*node.children[1]) : Bound();
      default:
        return absl::nullopt;
    }
  }

 private:
  Bound OfAnd(const Node& node) const {
    Bound bound;
    for (const auto& child : node.children) bound = Both(bound, Of(*child));
    return bound;
  }

  Bound OfOr(const Node& node) const {
    Bound bound = std::set<std::string>();
    for (const auto& child : node.children) bound = Either(bound, Of(*child));
    return bound;
  }

  std::string PathOf(const Node& node) const {
    if (node.op == Op::kVariable) return environment_.variables()[node.slot].name;
    if (node.op != Op::kField) return "";
    const std::string operand = PathOf(*node.children[0]);
    return operand.empty() ? "" : absl::StrCat(operand, ".", node.field->name());
  }
  bool IsPath(const Node& node) const { return node.type.kind() == Kind::kString && PathOf(node) == path_; }

  // Of another kind than a string: never equal.
  static Bound Literals(const Node& node) {
    if (node.op != Op::kConstant) return absl::nullopt;
    std::set<std::string> values;
    if (node.constant.kind() == Kind::kString) values.insert(std::string(node.constant.text()));
    return values;
  }

  static Bound Elements(const Node& node) {
    if (node.op != Op::kConstant) return absl::nullopt;
    std::set<std::string> values;
    for (size_t i = 0; i < node.constant.size(); ++i) {
      const Value element = node.constant.kind() == Kind::kList ? node.constant.At(i) : node.constant.EntryAt(i).key;
      if (element.kind() == Kind::kString) values.insert(std::string(element.text()));
    }
    return values;
  }

  const Environment& environment_;
  absl::string_view path_;
};

}  // namespace

absl::optional<std::vector<std::string>> RequiredEqualities(const Program& program, absl::string_view path) {
  const Bound bound = Finder(program.environment(), path).Of(program.root());
  if (!bound.has_value()) return absl::nullopt;
  return std::vector<std::string>(bound->begin(), bound->end());
}

}  // namespace touchstone::cel
