#include "common/cel/trace.h"

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/cel/evaluation.h"
#include "common/cel/limits.h"
#include "common/cel/node.h"
#include "common/cel/value_text.h"

namespace touchstone::cel {
namespace {

constexpr size_t kBriefBytes = 80;

// Finds the nodes whose values are, or are made of, what a personal field holds.
class PersonalNodes {
 public:
  PersonalNodes(const Node& root, IsPersonal is_personal) : is_personal_(is_personal) { Visit(root); }

  bool Contain(const Node& node) const { return personal_.contains(&node); }

 private:
  // A test says one bit of what it tests, and it is what an explanation is for.
  static bool IsTest(const Node& node) {
    switch (node.op) {
      case Op::kHasField:
      case Op::kHasByName:
      case Op::kAnd:
      case Op::kOr:
      case Op::kNot:
      case Op::kEqual:
      case Op::kNotEqual:
      case Op::kLess:
      case Op::kLessOrEqual:
      case Op::kGreater:
      case Op::kGreaterOrEqual:
      case Op::kIn:
      case Op::kAll:
      case Op::kExists:
      case Op::kExistsOne:
        return true;
      case Op::kCall:
        return node.type.kind() == Kind::kBool;
      default:
        return false;
    }
  }

  static bool IsMacro(const Node& node) { return node.op >= Op::kAll; }

  bool Visit(const Node& node) {
    bool personal = node.op == Op::kField && is_personal_(*node.field);
    if (node.op == Op::kLocal) personal = locals_[node.slot];
    for (size_t i = 0; i < node.children.size(); ++i) {
      personal |= Visit(*node.children[i]);
      if (IsMacro(node) && i == 0) locals_[node.slot] = personal;
    }
    personal = personal && !IsTest(node);
    if (personal) personal_.insert(&node);
    return personal;
  }

  IsPersonal is_personal_;
  bool locals_[kMacroDepthMax] = {};  // Whether the macro's variable there is.
  absl::flat_hash_set<const Node*> personal_;
};

std::string EnumText(const Value& value, const Type& type) {
  const auto* named = type.enumeration()->FindValueByNumber(static_cast<int>(value.int_value()));
  return absl::StrCat(value.int_value(), named == nullptr ? "" : absl::StrCat(" (", named->name(), ")"));
}

// A message's fields may be personal where it is not: messages are shown by their name only.
class Recorder : public EvaluationObserver {
 public:
  Recorder(const Program& program, const PersonalNodes& personal) : program_(program), personal_(personal) {}

  void OnValue(const Node& node, const Value& value) override {
    if (node.op == Op::kConstant && &node != &program_.root()) return;
    // The last place is kept for the whole.
    if (traced_.size() + 1 >= kTracedMax && &node != &program_.root()) return;
    traced_.push_back({std::string(program_.text().substr(node.begin, node.end - node.begin)), node.begin, Render(node, value)});
  }

  std::vector<Traced> Take() { return std::move(traced_); }

 private:
  std::string Render(const Node& node, const Value& value) const {
    if (personal_.Contain(node) && !value.IsError()) return "(personal)";
    if (value.kind() == Kind::kInt && node.type.enumeration() != nullptr) return EnumText(value, node.type);
    return ToBriefString(value, kBriefBytes);
  }

  const Program& program_;
  const PersonalNodes& personal_;
  std::vector<Traced> traced_;
};

}  // namespace

absl::StatusOr<std::vector<Traced>> Trace(const Program& program, const Activation& activation, IsPersonal is_personal) {
  if (!(activation.environment() == program.environment())) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", program.text(), "' was compiled for other variables than it is evaluated with"));
  }
  const PersonalNodes personal(program.root(), is_personal);
  Recorder recorder(program, personal);
  Evaluation(activation.values(), activation.arena(), &recorder).Eval(program.root());
  return recorder.Take();
}

}  // namespace touchstone::cel
