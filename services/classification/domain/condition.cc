#include "services/classification/domain/condition.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "touchstone/events/v1/options.pb.h"

namespace touchstone::classification {
namespace {

bool IsPersonal(const google::protobuf::FieldDescriptor& field) { return field.options().GetExtension(events::v1::personal); }

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
  return absl::StrJoin(*parts, "; ",
                       [](std::string* out, const cel::Traced& part) { absl::StrAppend(out, part.text, " = ", part.value); });
}

bool Condition::MayHoldFor(absl::string_view type) const {
  return !types_ || std::any_of(types_->begin(), types_->end(), [&](const std::string& one) { return one == type; });
}

}  // namespace touchstone::classification
