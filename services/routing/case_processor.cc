#include "services/routing/case_processor.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/status/macros.h"
#include "common/stream/message_arena.h"
#include "common/stream/topics.h"
#include "services/routing/domain/case.h"
#include "services/routing/state_keys.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;
using clock::TimeFrom;
using stream::GetMessage;
using stream::UnitOfWork;

namespace {

// The moment that an event speaks of; empty if none.
std::string MomentIdOf(const events::JourneyEvent& event) {
  switch (event.fact_case()) {
    case events::JourneyEvent::kMomentFound:
      return event.moment_found().moment().id();
    case events::JourneyEvent::kMomentChanged:
      return event.moment_changed().moment().id();
    case events::JourneyEvent::kMomentWithdrawn:
      return event.moment_withdrawn().moment().id();
    case events::JourneyEvent::kStrikeCrossing:
      return event.strike_crossing().strike().moment_id();
    default:
      return "";
  }
}

struct Addressed {
  std::string escalation_id;
  std::string request_id;
};

Addressed AddresseeOf(const events::CaseMessage& message) {
  switch (message.message_case()) {
    case events::CaseMessage::kOpen:
      return {.request_id = message.open().request_id()};
    case events::CaseMessage::kCancel:
      return {.escalation_id = message.cancel().escalation_id(), .request_id = message.cancel().request_id()};
    case events::CaseMessage::kDecision:
      return {.escalation_id = message.decision().escalation_id()};
    case events::CaseMessage::MESSAGE_NOT_SET:
      return {};
  }
  return {};
}

bool IsClosed(const state::v1::EscalationState& state) {
  const events::EscalationStatus status = state.escalation().status();
  return status == events::ESCALATION_STATUS_RESOLVED || status == events::ESCALATION_STATUS_CANCELLED;
}

class CaseProcessor : public stream::Processor {
 public:
  explicit CaseProcessor(std::shared_ptr<const RoutingPolicy> policy) : policy_(std::move(policy)) {}

  absl::Status OnRecord(absl::string_view topic, const eventlog::Record& record, UnitOfWork& work) override {
    return topic == topics::kCases ? OnMessage(record, work) : OnEvent(record, work);
  }

  absl::Status OnTimer(absl::string_view key, absl::Time due, UnitOfWork& work) override;

 private:
  absl::Status OnEvent(const eventlog::Record& record, UnitOfWork& work);
  absl::Status OnMessage(const eventlog::Record& record, UnitOfWork& work);
  absl::Status OnEscalationTimer(absl::string_view key, UnitOfWork& work);
  absl::Status OnPlaceTimer(absl::string_view key, UnitOfWork& work);

  // The head and the open escalation.
  absl::StatusOr<CaseParts> Load(const std::string& subject, const UnitOfWork& work) const;
  // The escalation of that id, if it is another than the open one.
  absl::Status LoadClosed(const std::string& escalation_id, const UnitOfWork& work, CaseParts& parts) const;
  void Store(const std::string& subject, const CaseEffects& effects, const std::string& request_id, UnitOfWork& work) const;
  void Send(const std::string& subject, const CaseEffects& effects, UnitOfWork& work) const;

  const std::shared_ptr<const RoutingPolicy> policy_;
  stream::MessageArena arena_;
};

absl::StatusOr<CaseParts> CaseProcessor::Load(const std::string& subject, const UnitOfWork& work) const {
  CaseParts parts;
  ASSIGN_OR_RETURN(std::optional<state::v1::CaseState> head,
                   GetMessage<state::v1::CaseState>(work, StateKey(kCasePart, {subject})));
  if (!head.has_value()) return parts;
  parts.head = *std::move(head);
  if (parts.head.open_escalation_id().empty()) return parts;
  ASSIGN_OR_RETURN(parts.open,
                   GetMessage<state::v1::EscalationState>(work, StateKey(kEscalationPart, {parts.head.open_escalation_id()})));
  if (!parts.open.has_value()) return absl::DataLossError("a case names an open escalation that is not in the state");
  return parts;
}

absl::Status CaseProcessor::LoadClosed(const std::string& escalation_id, const UnitOfWork& work, CaseParts& parts) const {
  if (escalation_id.empty() || escalation_id == parts.head.open_escalation_id()) return absl::OkStatus();
  ASSIGN_OR_RETURN(parts.closed, GetMessage<state::v1::EscalationState>(work, StateKey(kEscalationPart, {escalation_id})));
  return absl::OkStatus();
}

absl::Status CaseProcessor::OnEvent(const eventlog::Record& record, UnitOfWork& work) {
  arena_.Clear();
  auto& event = arena_.Make<events::JourneyEvent>();
  if (!event.ParseFromString(record.value)) return absl::InvalidArgumentError("not a JourneyEvent");
  ASSIGN_OR_RETURN(CaseParts parts, Load(event.subject(), work));
  const std::string moment_id = MomentIdOf(event);
  if (moment_id.empty() && !parts.open.has_value()) return absl::OkStatus();
  if (!moment_id.empty()) {
    ASSIGN_OR_RETURN(parts.place, GetMessage<state::v1::MomentPlace>(work, StateKey(kMomentPart, {event.subject(), moment_id})));
    if (parts.place.has_value()) RETURN_IF_ERROR(LoadClosed(parts.place->escalation_id(), work, parts));
  }
  Case the_case(*policy_, event.subject(), std::move(parts), work.now());
  the_case.OnJourneyEvent(event);
  const CaseEffects effects = the_case.TakeEffects();
  Store(event.subject(), effects, /*request_id=*/"", work);
  Send(event.subject(), effects, work);
  return absl::OkStatus();
}

absl::Status CaseProcessor::OnMessage(const eventlog::Record& record, UnitOfWork& work) {
  events::CaseMessage message;
  if (!message.ParseFromString(record.value)) return absl::InvalidArgumentError("not a CaseMessage");
  const std::string& subject = message.subject();
  const Addressed addressed = AddresseeOf(message);
  ASSIGN_OR_RETURN(CaseParts parts, Load(subject, work));
  RETURN_IF_ERROR(LoadClosed(addressed.escalation_id, work, parts));
  if (!addressed.request_id.empty()) {
    ASSIGN_OR_RETURN(parts.answered,
                     GetMessage<state::v1::RequestOutcome>(work, StateKey(kRequestPart, {subject, addressed.request_id})));
  }
  Case the_case(*policy_, subject, std::move(parts), work.now());
  switch (message.message_case()) {
    case events::CaseMessage::kOpen:
      the_case.OnOpen(message.open());
      break;
    case events::CaseMessage::kCancel:
      the_case.OnCancel(message.cancel());
      break;
    case events::CaseMessage::kDecision:
      the_case.OnDecision(message.decision());
      break;
    case events::CaseMessage::MESSAGE_NOT_SET:
      return absl::InvalidArgumentError("a CaseMessage without a message");
  }
  const CaseEffects effects = the_case.TakeEffects();
  Store(subject, effects, addressed.request_id, work);
  Send(subject, effects, work);
  return absl::OkStatus();
}

absl::Status CaseProcessor::OnTimer(absl::string_view key, absl::Time due, UnitOfWork& work) {
  switch (ParseStateKey(key).part) {
    case kEscalationPart:
      return OnEscalationTimer(key, work);
    case kMomentPart:
      return OnPlaceTimer(key, work);
    case kRequestPart:
      work.Delete(key);
      return absl::OkStatus();
    default:
      return absl::InternalError("a timer whose key is of no part of a case");
  }
}

absl::Status CaseProcessor::OnEscalationTimer(absl::string_view key, UnitOfWork& work) {
  ASSIGN_OR_RETURN(std::optional<state::v1::EscalationState> state, GetMessage<state::v1::EscalationState>(work, key));
  if (!state.has_value()) return absl::OkStatus();
  if (IsClosed(*state)) {
    work.Delete(key);
    return absl::OkStatus();
  }
  const std::string subject = state->escalation().subject();
  ASSIGN_OR_RETURN(CaseParts parts, Load(subject, work));
  Case the_case(*policy_, subject, std::move(parts), work.now());
  the_case.OnReminder();
  const CaseEffects effects = the_case.TakeEffects();
  Store(subject, effects, /*request_id=*/"", work);
  Send(subject, effects, work);
  return absl::OkStatus();
}

absl::Status CaseProcessor::OnPlaceTimer(absl::string_view key, UnitOfWork& work) {
  ASSIGN_OR_RETURN(std::optional<state::v1::MomentPlace> place, GetMessage<state::v1::MomentPlace>(work, key));
  if (!place.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::optional<state::v1::EscalationState> state,
                   GetMessage<state::v1::EscalationState>(work, StateKey(kEscalationPart, {place->escalation_id()})));
  if (state.has_value() && !IsClosed(*state)) {
    work.SetTimer(key, work.now() + policy_->keep_closed);
  } else {
    work.Delete(key);
  }
  return absl::OkStatus();
}

void CaseProcessor::Store(const std::string& subject, const CaseEffects& effects, const std::string& request_id,
                          UnitOfWork& work) const {
  if (effects.head.has_value()) work.PutMessage(StateKey(kCasePart, {subject}), *effects.head);
  for (const auto& [escalation_id, state] : effects.escalations) {
    const std::string key = StateKey(kEscalationPart, {escalation_id});
    work.PutMessage(key, state);
    work.SetTimer(key, state.has_wake_time() ? TimeFrom(state.wake_time()) : absl::InfiniteFuture());
  }
  for (const auto& [moment_id, place] : effects.places) {
    const std::string key = StateKey(kMomentPart, {subject, moment_id});
    work.PutMessage(key, place);
    work.SetTimer(key, TimeFrom(place.wake_time()));
  }
  if (effects.answer.has_value()) {
    const std::string key = StateKey(kRequestPart, {subject, request_id});
    work.PutMessage(key, *effects.answer);
    work.SetTimer(key, work.now() + policy_->keep_answers);
  }
}

void CaseProcessor::Send(const std::string& subject, const CaseEffects& effects, UnitOfWork& work) const {
  for (const events::Escalation& change : effects.changes) work.Emit(topics::kEscalations, subject, change);
  for (const events::DispatchMessage& message : effects.dispatch) work.Emit(topics::kDispatch, message.pool(), message);
  if (effects.touchpoint.has_value()) work.Emit(topics::kTouchpoints, subject, *effects.touchpoint);
  if (effects.cause_too_deep) {
    work.DeadLetter("CAUSE_TOO_DEEP", absl::StrCat("a resolution would be the link after number ", kCauseDepthMax,
                                                   " of a chain of our own causes: no touchpoint was made of it"));
  }
}

}  // namespace

stream::TaskDefinition CaseTask(std::shared_ptr<const RoutingPolicy> policy) {
  return {.kind = {.name = kCaseTask, .inputs = {topics::kJourneyEvents, topics::kCases}},
          .inbox = topics::kCases,
          .make_processor = [policy = std::move(policy)](int) { return std::make_unique<CaseProcessor>(policy); }};
}

}  // namespace touchstone::routing
