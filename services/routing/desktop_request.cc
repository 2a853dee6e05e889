#include "services/routing/desktop_request.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "services/routing/domain/dispatcher.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;

namespace {

constexpr size_t kAgentIdBytesMax = 128;
constexpr int kSkillsOfAgentMax = 32;
constexpr size_t kSkillBytesMax = 64;
constexpr size_t kIdBytesMax = 512;
constexpr size_t kReasonBytesMax = 256;
constexpr size_t kNoteBytesMax = 1024;
constexpr size_t kTokenBytesMax = 128;

bool HasControls(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; });
}

void CheckWord(const char* path, const std::string& word, size_t bytes_max, status::FieldErrors& errors) {
  if (word.empty() || word.size() > bytes_max) errors.Add(path, absl::StrCat("must have 1 to ", bytes_max, " bytes"));
  if (HasControls(word)) errors.Add(path, "holds control characters");
}

void CheckText(const char* path, const std::string& text, size_t bytes_max, status::FieldErrors& errors) {
  if (text.size() > bytes_max) errors.Add(path, absl::StrCat("has more than ", bytes_max, " bytes"));
}

void FillResolved(const v1::Resolve& resolve, events::WorkResolved& resolved, status::FieldErrors& errors) {
  CheckWord("resolve.escalation_id", resolve.escalation_id(), kIdBytesMax, errors);
  CheckText("resolve.note", resolve.note(), kNoteBytesMax, errors);
  if (resolve.code() == events::RESOLUTION_CODE_UNSPECIFIED || !events::ResolutionCode_IsValid(resolve.code())) {
    errors.Add("resolve.code", "is required: solved, no action needed, not reached or not solved");
  }
  resolved.set_escalation_id(resolve.escalation_id());
  resolved.set_code(resolve.code());
  resolved.set_note(resolve.note());
}

void FillAvailability(const v1::SetAvailability& chosen, events::AvailabilityChosen& availability, status::FieldErrors& errors) {
  if (chosen.availability() != events::AVAILABILITY_AVAILABLE && chosen.availability() != events::AVAILABILITY_AWAY) {
    errors.Add("set_availability.availability", "must be available or away");
  }
  CheckText("set_availability.reason", chosen.reason(), kReasonBytesMax, errors);
  availability.set_availability(chosen.availability());
  availability.set_reason(chosen.reason());
}

}  // namespace

absl::StatusOr<events::SessionOpened> OpenedFrom(const v1::Hello& hello) {
  status::FieldErrors errors;
  CheckWord("hello.agent_id", hello.agent_id(), kAgentIdBytesMax, errors);
  if (hello.skills_size() > kSkillsOfAgentMax) {
    errors.Add("hello.skills", absl::StrCat("are more than ", kSkillsOfAgentMax));
  } else {
    for (const std::string& skill : hello.skills()) CheckWord("hello.skills", skill, kSkillBytesMax, errors);
  }
  if (hello.capacity() < 0 || hello.capacity() > kCapacityMax) {
    errors.Add("hello.capacity", absl::StrCat("must be 1 to ", kCapacityMax, ", or 0 for 1"));
  }
  CheckText("hello.resume_token", hello.resume_token(), kTokenBytesMax, errors);
  if (!errors.empty()) return errors.ToStatus();
  events::SessionOpened opened;
  *opened.mutable_skills() = hello.skills();
  opened.set_capacity(std::max(1, hello.capacity()));
  opened.set_availability(hello.away() ? events::AVAILABILITY_AWAY : events::AVAILABILITY_AVAILABLE);
  return opened;
}

absl::StatusOr<events::DesktopSignal> SignalFrom(const v1::ConnectRequest& request) {
  events::DesktopSignal signal;
  status::FieldErrors errors;
  switch (request.message_case()) {
    case v1::ConnectRequest::kDelivered:
      CheckWord("delivered.offer_id", request.delivered().offer_id(), kIdBytesMax, errors);
      signal.mutable_delivered()->set_offer_id(request.delivered().offer_id());
      break;
    case v1::ConnectRequest::kAccept:
      CheckWord("accept.offer_id", request.accept().offer_id(), kIdBytesMax, errors);
      signal.mutable_accepted()->set_offer_id(request.accept().offer_id());
      break;
    case v1::ConnectRequest::kDecline:
      CheckWord("decline.offer_id", request.decline().offer_id(), kIdBytesMax, errors);
      CheckText("decline.reason", request.decline().reason(), kReasonBytesMax, errors);
      signal.mutable_declined()->set_offer_id(request.decline().offer_id());
      signal.mutable_declined()->set_reason(request.decline().reason());
      break;
    case v1::ConnectRequest::kResolve:
      FillResolved(request.resolve(), *signal.mutable_resolved(), errors);
      break;
    case v1::ConnectRequest::kSetAvailability:
      FillAvailability(request.set_availability(), *signal.mutable_availability(), errors);
      break;
    case v1::ConnectRequest::kGoodbye:
      signal.mutable_closed();
      break;
    default:
      errors.Add("message", "is none that this server knows");
  }
  if (!errors.empty()) return errors.ToStatus();
  return signal;
}

}  // namespace touchstone::routing
