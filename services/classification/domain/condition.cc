#include "services/classification/domain/condition.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "touchstone/events/v1/options.pb.h"

namespace touchstone::classification {
namespace {

bool IsPersonal(const google::protobuf::FieldDescriptor& field) { return field.options().GetExtension(events::v1::personal); }

bool IsBool(absl::string_view value) { return value == "true" || value == "false"; }

}  // namespace

std::optional<Condition> Condition::Compile(absl::string_view text, Sees sees, std::vector<cel::CompileError>& errors) {
  absl::StatusOr<cel::Program> program = cel::CompileCondition(EnvironmentOf(sees), text, &errors);
  if (!program.ok()) return std::nullopt;
  Condition condition;
  condition.text_ = std::string(text);
  condition.sees_ = sees;
  if (auto types = cel::RequiredEqualities(*program, "touchpoint.type")) condition.types_ = *std::move(types);
  condition.program_ = *std::move(program);
  return condition;
}

bool Condition::Holds(const Scene& scene) const {
  const absl::StatusOr<bool> holds = program_->EvaluateBool(scene.activation(sees_));
  return holds.ok() && *holds;
}

std::string Condition::Saw(const Scene& scene) const {
  absl::StatusOr<std::vector<cel::Traced>> parts = cel::Trace(*program_, scene.activation(sees_), IsPersonal);
  if (!parts.ok()) return std::string(parts.status().message());
  // Whoever asks is told beside it whether the whole holds.
  if (parts->size() > 1 && IsBool(parts->back().value)) parts->pop_back();
  std::vector<std::string> told;
  for (const cel::Traced& part : *parts) {
    // A message is named without its fields; those that were read have parts of their own.
    if (absl::EndsWith(part.value, "{...}")) continue;
    std::string one = absl::StrCat(part.text, IsBool(part.value) ? " is " : " = ", part.value);
    if (std::find(told.begin(), told.end(), one) == told.end()) told.push_back(std::move(one));
  }
  return absl::StrJoin(told, "; ");
}

bool Condition::MayHoldFor(absl::string_view type) const {
  return !types_ || std::any_of(types_->begin(), types_->end(), [&](const std::string& one) { return one == type; });
}

}  // namespace touchstone::classification
