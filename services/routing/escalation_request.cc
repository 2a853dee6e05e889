#include "services/routing/escalation_request.h"

#include "absl/strings/str_cat.h"
#include "common/ids/id.h"
#include "common/names/name_key.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "services/routing/domain/routing_policy.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;

namespace {

constexpr size_t kRequestIdBytesMax = 128;
constexpr size_t kActorBytesMax = 128;
constexpr size_t kReasonBytesMax = 1024;
constexpr size_t kSkillBytesMax = 64;

void CheckText(const char* path, const std::string& text, size_t bytes_max, status::FieldErrors& errors) {
  if (text.empty()) errors.Add(path, "is required");
  if (text.size() > bytes_max) errors.Add(path, absl::StrCat("has more than ", bytes_max, " bytes"));
}

// Part of a key of state, which parts its names by NUL.
void CheckRequestId(const std::string& request_id, status::FieldErrors& errors) {
  CheckText("request_id", request_id, kRequestIdBytesMax, errors);
  if (request_id.find('\0') != std::string::npos) errors.Add("request_id", "holds a NUL byte");
}

}  // namespace

absl::StatusOr<absl::string_view> SubjectOf(absl::string_view escalation_id) {
  const absl::StatusOr<absl::string_view> subject = ids::OwnerOf(escalation_id);
  if (!subject.ok()) return status::InvalidField("escalation_id", subject.status().message());
  return *subject;
}

absl::StatusOr<events::CaseMessage> CaseMessageFrom(const v1::CreateEscalationRequest& request, const names::NameSecret& secret) {
  status::FieldErrors errors;
  CheckRequestId(request.request_id(), errors);
  CheckText("actor", request.actor(), kActorBytesMax, errors);
  CheckText("reason", request.reason(), kReasonBytesMax, errors);
  if (request.severity() < 1 || request.severity() > 100) errors.Add("severity", "must be 1 to 100");
  if (request.skills_size() > kSkillsMax) errors.Add("skills", absl::StrCat("are more than ", kSkillsMax));
  for (const std::string& skill : request.skills()) {
    if (skill.empty() || skill.size() > kSkillBytesMax) errors.Add("skills", "each must have 1 to 64 bytes");
  }
  const absl::StatusOr<events::Name> name = names::KeyedName(secret, request.name());
  if (!name.ok()) errors.Add("name", name.status().message());
  RETURN_IF_ERROR(errors.ToStatus());
  events::CaseMessage message;
  message.set_subject(name->key());
  events::OpenCase& open = *message.mutable_open();
  open.set_request_id(request.request_id());
  open.set_severity(request.severity());
  *open.mutable_skills() = request.skills();
  open.set_reason(request.reason());
  open.set_opened_by(request.actor());
  return message;
}

absl::StatusOr<events::CaseMessage> CaseMessageFrom(const v1::CancelEscalationRequest& request) {
  status::FieldErrors errors;
  CheckRequestId(request.request_id(), errors);
  CheckText("actor", request.actor(), kActorBytesMax, errors);
  CheckText("reason", request.reason(), kReasonBytesMax, errors);
  const absl::StatusOr<absl::string_view> subject = ids::OwnerOf(request.escalation_id());
  if (!subject.ok()) errors.Add("escalation_id", subject.status().message());
  RETURN_IF_ERROR(errors.ToStatus());
  events::CaseMessage message;
  message.set_subject(std::string(*subject));
  events::CancelCase& cancel = *message.mutable_cancel();
  cancel.set_request_id(request.request_id());
  cancel.set_escalation_id(request.escalation_id());
  cancel.set_actor(request.actor());
  cancel.set_reason(request.reason());
  return message;
}

}  // namespace touchstone::routing
