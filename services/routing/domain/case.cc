#include "services/routing/domain/case.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/ids/id.h"
#include "services/routing/domain/resolution_touchpoint.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;
using clock::TimeFrom;
using clock::ToProto;
using state::v1::EscalationState;
using state::v1::HeldMoment;

namespace {

constexpr char kMomentWithdrawn[] = "system: moment withdrawn";
constexpr char kWorkLost[] = "system: the pool has no such work";
constexpr int64_t kSeenAll = std::numeric_limits<int64_t>::max();

}  // namespace

Case::Case(const RoutingPolicy& policy, std::string subject, CaseParts parts, absl::Time now)
    : policy_(policy), subject_(std::move(subject)), now_(now), parts_(std::move(parts)) {}

void Case::OnOpen(const events::OpenCase& open) {
  if (parts_.answered.has_value()) return;
  const bool opens = !parts_.open.has_value();
  if (opens) OpenNew(open.opened_by(), absl::StrCat("request/", open.request_id()));
  EscalationState& state = *parts_.open;
  state.set_requested_severity(std::max({1, state.requested_severity(), open.severity()}));
  state.set_requested_version(state.work_version() + 1);
  AddDistinct(open.skills(), kSkillsMax, *state.mutable_requested_skills());
  state.mutable_escalation()->set_reason(open.reason());
  Recompute(*parts_.open);
  Change(state, absl::StrCat(opens ? "opened by " : "raised by ", open.opened_by()));
  SendWork();
  Answer(state.escalation());
}

void Case::OnCancel(const events::CancelCase& cancel) {
  if (parts_.answered.has_value()) return;
  if (!parts_.open.has_value() || parts_.open->escalation().id() != cancel.escalation_id()) {
    if (parts_.closed.has_value()) {
      return Refuse(absl::StatusCode::kFailedPrecondition, "ESCALATION_CLOSED",
                    "it is closed; what is closed cannot be cancelled");
    }
    return Refuse(absl::StatusCode::kNotFound, "NO_SUCH_ESCALATION", "there is no such escalation, or it was closed long ago");
  }
  events::Cancellation& cancellation = *parts_.open->mutable_escalation()->mutable_cancellation();
  cancellation.set_actor(cancel.actor());
  cancellation.set_reason(cancel.reason());
  *cancellation.mutable_cancel_time() = ToProto(now_);
  SendCancel(cancel.actor(), cancel.reason(), /*unless_assigned=*/false);
  Close(events::ESCALATION_STATUS_CANCELLED, absl::StrCat("cancelled by ", cancel.actor()), kSeenAll);
  Answer(effects_.changes.back());
}

void Case::OnDecision(const events::PoolDecision& decision) {
  if (!parts_.open.has_value() || parts_.open->escalation().id() != decision.escalation_id()) {
    // Closed from here while the pool was at it. What the agent did is still worth a line.
    if (parts_.closed.has_value() && decision.has_resolved()) {
      NoteClosed(absl::StrCat("resolved by ", decision.agent_id(), " after it was closed"));
    }
    return;
  }
  events::Escalation& escalation = *parts_.open->mutable_escalation();
  switch (decision.decision_case()) {
    case events::PoolDecision::kOffered:
      escalation.set_status(events::ESCALATION_STATUS_OFFERED);
      return Change(*parts_.open, absl::StrCat("offered to ", decision.agent_id()));
    case events::PoolDecision::kAssigned:
      return OnAssigned(decision);
    case events::PoolDecision::kRequeued:
      return OnRequeued(decision.requeued());
    case events::PoolDecision::kResolved:
      return OnResolved(decision);
    case events::PoolDecision::kClosed:
      return OnWorkClosed(decision);
    case events::PoolDecision::DECISION_NOT_SET:
      return;
  }
}

void Case::OnAssigned(const events::PoolDecision& decision) {
  EscalationState& open = *parts_.open;
  open.mutable_escalation()->set_status(events::ESCALATION_STATUS_ASSIGNED);
  open.mutable_escalation()->set_agent_id(decision.agent_id());
  open.clear_wake_time();
  Change(open, absl::StrCat("accepted by ", decision.agent_id()));
  if (open.cancel_version() == 0) return;
  // The agent was faster than the cancellation: it stays theirs, and they are told what became of the moment.
  open.set_cancel_version(0);
  SendWork();
}

void Case::OnRequeued(const events::WorkRequeued& requeued) {
  EscalationState& open = *parts_.open;
  events::Escalation& escalation = *open.mutable_escalation();
  if (escalation.status() == events::ESCALATION_STATUS_ASSIGNED) *open.mutable_wake_time() = ToProto(now_ + policy_.remind_after);
  escalation.set_status(events::ESCALATION_STATUS_QUEUED);
  escalation.set_requeue_count(escalation.requeue_count() + 1);
  Change(open, absl::StrCat("back in the queue: ", requeued.reason()));
  CancelIfNothingHolds();
}

void Case::OnResolved(const events::PoolDecision& decision) {
  events::Escalation& escalation = *parts_.open->mutable_escalation();
  *escalation.mutable_resolution() = decision.resolved();
  escalation.set_agent_id(decision.agent_id());
  Close(events::ESCALATION_STATUS_RESOLVED, absl::StrCat("resolved by ", decision.agent_id()), decision.work_version());
}

void Case::OnWorkClosed(const events::PoolDecision& decision) {
  EscalationState& open = *parts_.open;
  const bool asked = open.cancel_version() != 0 && open.cancel_version() == decision.work_version();
  // Not asked for: the pool lost it. Everything that holds it opens the next one, so that nobody waits for ever.
  const char* actor = asked ? kMomentWithdrawn : kWorkLost;
  events::Cancellation& cancellation = *open.mutable_escalation()->mutable_cancellation();
  cancellation.set_actor(actor);
  cancellation.set_reason(asked ? "no other moment holds it" : "opened anew");
  *cancellation.mutable_cancel_time() = ToProto(now_);
  Close(events::ESCALATION_STATUS_CANCELLED, absl::StrCat("cancelled by ", actor), asked ? decision.work_version() : 0);
}

void Case::OnReminder() {
  if (!parts_.open.has_value() || !IsWaiting()) return;
  const absl::Duration waited = now_ - TimeFrom(parts_.open->escalation().create_time());
  *parts_.open->mutable_wake_time() =
      ToProto(now_ + std::clamp(waited, policy_.remind_after, std::max(policy_.remind_after, policy_.remind_every_max)));
  Change(*parts_.open, absl::StrCat("nobody has it after ", absl::FormatDuration(absl::Trunc(waited, absl::Seconds(1)))));
}

void Case::OpenNew(absl::string_view opened_by, absl::string_view opener) {
  const int64_t episode = parts_.head.episode_count() + 1;
  EscalationState& open = parts_.open.emplace();
  events::Escalation& escalation = *open.mutable_escalation();
  escalation.set_id(ids::DerivedId(subject_, {"escalation", opener, absl::StrCat(episode)}));
  escalation.set_subject(subject_);
  escalation.set_pool(policy_.pool);
  escalation.set_status(events::ESCALATION_STATUS_QUEUED);
  escalation.set_opened_by(std::string(opened_by));
  *escalation.mutable_create_time() = ToProto(now_);
  *open.mutable_wake_time() = ToProto(now_ + policy_.remind_after);
  parts_.head.set_episode_count(episode);
  parts_.head.set_open_escalation_id(escalation.id());
  effects_.head = parts_.head;
}

void Case::CancelIfNothingHolds() {
  EscalationState& open = *parts_.open;
  if (IsHeld(*parts_.open) || !IsWaiting() || open.cancel_version() != 0) return;
  SendCancel(kMomentWithdrawn, "no other moment holds it", /*unless_assigned=*/true);
  open.set_cancel_version(open.work_version());
  effects_.escalations[open.escalation().id()] = open;
}

void Case::Close(events::EscalationStatus status, absl::string_view change, int64_t seen_version) {
  EscalationState before = *parts_.open;
  std::vector<PersonCall> late;
  for (const HeldMoment& held : before.held()) {
    if (held.withdrawn() || held.work_version() <= seen_version) continue;
    late.push_back(CallOf(held, before));
  }
  EscalationState closed = before;
  for (const PersonCall& call : late) Unlist(closed, call.moment.id());
  closed.mutable_escalation()->set_status(status);
  closed.set_cancel_version(0);
  *closed.mutable_wake_time() = ToProto(now_ + policy_.keep_closed);
  Change(closed, change);
  // Where all of it goes on with the next, it was still what the agent spoke of.
  if (status == events::ESCALATION_STATUS_RESOLVED) SendTouchpoint(closed.held().empty() ? before : closed);
  parts_.open.reset();
  parts_.head.clear_open_escalation_id();
  effects_.head = parts_.head;
  const bool requested = before.requested_severity() > 0 && before.requested_version() > seen_version;
  if (!late.empty() || requested) OpenNextFor(std::move(late), before, requested);
}

void Case::OpenNextFor(std::vector<PersonCall> calls, const EscalationState& before, bool requested) {
  const events::Escalation& old = before.escalation();
  OpenNew(calls.empty() ? old.opened_by() : calls[0].rule, old.id());
  EscalationState& open = *parts_.open;
  for (const PersonCall& call : calls) {
    ListCall(call, /*counted=*/false, open);
    SetPlace(call.moment.id(), /*withdrawn=*/false, call.crossings);
  }
  if (requested) {
    open.set_requested_severity(before.requested_severity());
    open.set_requested_version(open.work_version() + 1);
    *open.mutable_requested_skills() = before.requested_skills();
    open.mutable_escalation()->set_reason(old.reason());
  }
  *open.mutable_escalation()->mutable_journey() = old.journey();
  Recompute(*parts_.open);
  Change(open, "opened for what came after the one before was closed");
  SendWork();
}

bool Case::IsInOpen() const {
  return parts_.open.has_value() && parts_.place.has_value() && parts_.place->escalation_id() == parts_.open->escalation().id();
}

bool Case::IsWaiting() const {
  const events::EscalationStatus status = parts_.open->escalation().status();
  return status == events::ESCALATION_STATUS_QUEUED || status == events::ESCALATION_STATUS_OFFERED;
}

void Case::Change(EscalationState& state, absl::string_view change) {
  events::Escalation& escalation = *state.mutable_escalation();
  escalation.set_version(escalation.version() + 1);
  escalation.set_change(std::string(change));
  *escalation.mutable_update_time() = ToProto(now_);
  effects_.changes.push_back(escalation);
  effects_.escalations[escalation.id()] = state;
}

void Case::SendWork() {
  EscalationState& open = *parts_.open;
  open.set_work_version(open.work_version() + 1);
  events::DispatchMessage& message = effects_.dispatch.emplace_back();
  message.set_pool(open.escalation().pool());
  events::Work& work = *message.mutable_work();
  *work.mutable_escalation() = open.escalation();
  work.set_version(open.work_version());
  *work.mutable_age_since_time() = open.escalation().create_time();
  effects_.escalations[open.escalation().id()] = open;
}

void Case::SendCancel(absl::string_view actor, absl::string_view reason, bool unless_assigned) {
  EscalationState& open = *parts_.open;
  open.set_work_version(open.work_version() + 1);
  events::DispatchMessage& message = effects_.dispatch.emplace_back();
  message.set_pool(open.escalation().pool());
  events::CancelWork& cancel = *message.mutable_cancel();
  cancel.set_escalation_id(open.escalation().id());
  cancel.set_version(open.work_version());
  cancel.set_actor(std::string(actor));
  cancel.set_reason(std::string(reason));
  cancel.set_unless_assigned(unless_assigned);
}

void Case::NoteClosed(absl::string_view change) {
  if (parts_.closed.has_value()) Change(*parts_.closed, change);
}

void Case::SetPlace(const std::string& moment_id, bool withdrawn, const std::vector<int>& crossings) {
  state::v1::MomentPlace place;
  place.set_withdrawn(withdrawn);
  place.mutable_crossings()->Assign(crossings.begin(), crossings.end());
  const bool stays = withdrawn && parts_.place.has_value();
  place.set_escalation_id(stays ? parts_.place->escalation_id() : parts_.open->escalation().id());
  *place.mutable_wake_time() = ToProto(now_ + policy_.keep_closed);
  effects_.places[moment_id] = std::move(place);
}

void Case::SendTouchpoint(const EscalationState& resolved) {
  effects_.touchpoint = ResolutionTouchpoint(resolved);
  effects_.cause_too_deep = !effects_.touchpoint.has_value();
}

void Case::Answer(const events::Escalation& escalation) { *effects_.answer.emplace().mutable_escalation() = escalation; }

void Case::Refuse(absl::StatusCode code, absl::string_view reason, absl::string_view message) {
  state::v1::RequestOutcome& answer = effects_.answer.emplace();
  answer.set_code(static_cast<int>(code));
  answer.set_reason(std::string(reason));
  answer.set_message(std::string(message));
}

}  // namespace touchstone::routing
