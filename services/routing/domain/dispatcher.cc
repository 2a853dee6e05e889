#include "services/routing/domain/dispatcher.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/ids/id.h"
#include "services/routing/domain/matching.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;
using clock::TimeFrom;
using clock::ToProto;

Dispatcher::Dispatcher(const RoutingPolicy& policy, std::string pool) : policy_(policy), pool_(std::move(pool)) {}

void Dispatcher::Restore(state::v1::LeaseState lease) {
  std::string instance = lease.instance();
  leases_[instance] = std::move(lease);
}

void Dispatcher::Restore(state::v1::ClosedWork closed) {
  std::string escalation_id = closed.escalation_id();
  closed_[escalation_id] = std::move(closed);
}

const state::v1::LeaseState* Dispatcher::FindLease(const std::string& instance) const {
  auto found = leases_.find(instance);
  return found == leases_.end() ? nullptr : &found->second;
}

const state::v1::ClosedWork* Dispatcher::FindClosed(const std::string& escalation_id) const {
  auto found = closed_.find(escalation_id);
  return found == closed_.end() ? nullptr : &found->second;
}

absl::Time Dispatcher::DueOf(const state::v1::WorkState& work, absl::Time now) {
  switch (work.status()) {
    case state::v1::WORK_STATUS_WAITING:
      return NextLeftOutChange(work, now);
    case state::v1::WORK_STATUS_OFFERED:
      return TimeFrom(work.offer().status() == events::OFFER_STATUS_CREATED ? work.offer().deliver_deadline()
                                                                            : work.offer().answer_deadline());
    default:
      return absl::InfiniteFuture();
  }
}

absl::Time Dispatcher::DueOf(const state::v1::AgentState& agent) {
  return agent.has_wake_time() ? TimeFrom(agent.wake_time()) : absl::InfiniteFuture();
}

void Dispatcher::OnWork(const events::Work& work, absl::Time now, DispatchEffects& effects) {
  Step step{now, effects};
  const std::string& escalation_id = work.escalation().id();
  PoolWork* known = parts_.FindWork(escalation_id);
  if (known == nullptr) {
    // The first word of any work is version 1: a later one raises what is over.
    if (work.version() > 1 || closed_.contains(escalation_id)) return AnswerClosed(escalation_id, work.version(), step);
    state::v1::WorkState state;
    *state.mutable_work() = work;
    state.set_status(state::v1::WORK_STATUS_WAITING);
    Touch(parts_.AddWork(std::move(state)), step);
    return Match(step);
  }
  if (work.version() <= known->state.work().version()) return;
  *known->state.mutable_work() = work;
  if (known->state.status() == state::v1::WORK_STATUS_OFFERED) {
    *known->state.mutable_offer()->mutable_escalation() = work.escalation();
    TellOffer(known->state.offer(), step);
  } else if (known->state.status() == state::v1::WORK_STATUS_ASSIGNED) {
    TellWork(*parts_.FindAgent(known->state.agent_id()), *known, events::ESCALATION_STATUS_ASSIGNED, work.escalation().change(),
             step);
  }
  Touch(*known, step);
  Match(step);
}

void Dispatcher::OnCancel(const events::CancelWork& cancel, absl::Time now, DispatchEffects& effects) {
  Step step{now, effects};
  PoolWork* known = parts_.FindWork(cancel.escalation_id());
  if (known == nullptr) return AnswerClosed(cancel.escalation_id(), cancel.version(), step);
  if (cancel.version() <= known->state.work().version()) return;
  known->state.mutable_work()->set_version(cancel.version());
  Touch(*known, step);
  if (known->state.status() == state::v1::WORK_STATUS_ASSIGNED) {
    if (cancel.unless_assigned()) return;
    TellWork(*parts_.FindAgent(known->state.agent_id()), *known, events::ESCALATION_STATUS_CANCELLED,
             absl::StrCat("cancelled by ", cancel.actor()), step);
  } else if (known->state.status() == state::v1::WORK_STATUS_OFFERED) {
    EndOffer(*known, events::OFFER_STATUS_RESCINDED, absl::StrCat("cancelled by ", cancel.actor()), step);
  }
  CloseWork(*known, step);
  AnswerClosed(cancel.escalation_id(), cancel.version(), step);
  Match(step);
}

PoolWork* Dispatcher::OfferedWork(PoolAgent& agent, const events::DesktopSignal& signal, const std::string& offer_id,
                                  Step& step) {
  PoolWork* work = parts_.FindWorkByOffer(offer_id);
  if (work != nullptr && work->state.agent_id() == agent.state.agent_id()) return work;
  Refuse(signal, "OFFER_ENDED", "the offer has ended", step);
  return nullptr;
}

void Dispatcher::OnDelivered(PoolAgent& agent, const events::DesktopSignal& signal, Step& step) {
  PoolWork* work = parts_.FindWorkByOffer(signal.delivered().offer_id());
  // Too late is no news to a desktop that only says "arrived": it hears of the end by the offer itself.
  if (work == nullptr || work->state.agent_id() != agent.state.agent_id()) return;
  work->state.mutable_offer()->set_status(events::OFFER_STATUS_DELIVERED);
  Touch(*work, step);
}

void Dispatcher::OnAccepted(PoolAgent& agent, const events::DesktopSignal& signal, Step& step) {
  PoolWork* work = OfferedWork(agent, signal, signal.accepted().offer_id(), step);
  if (work == nullptr) return;
  const std::string offer_id = work->state.offer().id();
  EndOffer(*work, events::OFFER_STATUS_ACCEPTED, "", step);
  work->state.set_status(state::v1::WORK_STATUS_ASSIGNED);
  work->state.set_agent_id(agent.state.agent_id());
  work->state.clear_left_out();
  agent.state.set_miss_count(0);
  Touch(*work, step);
  Touch(agent, step);
  TellWork(agent, *work, events::ESCALATION_STATUS_ASSIGNED, "accepted", step);
  Decide(*work, agent.state.agent_id(), step).mutable_assigned()->set_offer_id(offer_id);
}

void Dispatcher::OnDeclined(PoolAgent& agent, const events::DesktopSignal& signal, Step& step) {
  PoolWork* work = OfferedWork(agent, signal, signal.declined().offer_id(), step);
  if (work == nullptr) return;
  agent.state.set_miss_count(0);
  EndOfferAndWait(*work, events::OFFER_STATUS_DECLINED, signal.declined().reason(), /*rest=*/true, step);
}

void Dispatcher::OnResolved(PoolAgent& agent, const events::DesktopSignal& signal, Step& step) {
  const events::WorkResolved& resolved = signal.resolved();
  if (!agent.owned().contains(resolved.escalation_id())) {
    return Refuse(signal, "NOT_YOURS", "this escalation is not yours, or no longer", step);
  }
  if (resolved.code() == events::RESOLUTION_CODE_UNSPECIFIED) {
    return Refuse(signal, "CODE_MISSING", "a resolution needs a code", step);
  }
  PoolWork& work = *parts_.FindWork(resolved.escalation_id());
  TellWork(agent, work, events::ESCALATION_STATUS_RESOLVED, "resolved", step);
  events::Resolution& resolution = *Decide(work, agent.state.agent_id(), step).mutable_resolved();
  resolution.set_code(resolved.code());
  resolution.set_note(resolved.note());
  resolution.set_agent_id(agent.state.agent_id());
  *resolution.mutable_resolve_time() = ToProto(step.now);
  CloseWork(work, step);
}

void Dispatcher::OnWorkDue(const std::string& escalation_id, absl::Time now, DispatchEffects& effects) {
  PoolWork* work = parts_.FindWork(escalation_id);
  if (work == nullptr) return;
  Step step{now, effects};
  if (work->state.status() == state::v1::WORK_STATUS_OFFERED && DueOf(work->state, now) <= now) OnOfferDue(*work, step);
  // Who was left out may be asked again; and the next such time is to be set.
  effects.works.insert(escalation_id);
  Match(step);
}

void Dispatcher::OnOfferDue(PoolWork& work, Step& step) {
  PoolAgent& agent = *parts_.FindAgent(work.state.agent_id());
  if (work.state.offer().status() == events::OFFER_STATUS_CREATED) {
    // The desktop does not hear: no fault of the agent's. The stream is cut, and a live desktop resumes.
    EndOfferAndWait(work, events::OFFER_STATUS_RESCINDED, "not delivered", /*rest=*/true, step);
    return Suspect(agent, "an offer was not delivered", step);
  }
  EndOfferAndWait(work, events::OFFER_STATUS_TIMED_OUT, "not answered", /*rest=*/true, step);
  agent.state.set_miss_count(agent.state.miss_count() + 1);
  if (agent.state.miss_count() < policy_.misses_max) return;
  agent.state.set_availability(events::AVAILABILITY_AWAY);
  agent.state.set_availability_reason("not responding");
  agent.state.set_not_responding(true);
  Touch(agent, step);
  RescindAll(agent, "the agent does not respond", step);
  TellSession(agent, step);
}

void Dispatcher::OnClosedDue(const std::string& escalation_id, absl::Time now, DispatchEffects& effects) {
  auto closed = closed_.find(escalation_id);
  if (closed == closed_.end() || TimeFrom(closed->second.forget_time()) > now) return;
  closed_.erase(closed);
  effects.closed.insert(escalation_id);
}

void Dispatcher::Match(Step& step) {
  while (std::optional<Pairing> pairing = NextPairing(parts_, step.now)) {
    MakeOffer(*parts_.FindWork(pairing->escalation_id), *parts_.FindAgent(pairing->agent_id), step);
  }
}

void Dispatcher::MakeOffer(PoolWork& work, PoolAgent& agent, Step& step) {
  state::v1::WorkState& state = work.state;
  state.set_offer_count(state.offer_count() + 1);
  events::Offer& offer = *state.mutable_offer();
  offer.Clear();
  offer.set_id(ids::DerivedId(pool_, {"offer", work.id(), absl::StrCat(state.offer_count())}));
  offer.set_escalation_id(work.id());
  offer.set_pool(pool_);
  offer.set_agent_id(agent.state.agent_id());
  offer.set_session_id(agent.state.session_id());
  offer.set_status(events::OFFER_STATUS_CREATED);
  *offer.mutable_create_time() = ToProto(step.now);
  *offer.mutable_deliver_deadline() = ToProto(step.now + policy_.deliver_within);
  *offer.mutable_answer_deadline() = ToProto(step.now + policy_.answer_within);
  *offer.mutable_escalation() = state.work().escalation();
  offer.mutable_escalation()->set_status(events::ESCALATION_STATUS_OFFERED);
  state.set_status(state::v1::WORK_STATUS_OFFERED);
  state.set_agent_id(agent.state.agent_id());
  Touch(work, step);
  TellOffer(offer, step);
  Decide(work, agent.state.agent_id(), step).mutable_offered()->set_offer_id(offer.id());
}

void Dispatcher::EndOffer(PoolWork& work, events::OfferStatus status, absl::string_view reason, Step& step) {
  events::Offer offer = std::move(*work.state.mutable_offer());
  work.state.clear_offer();
  offer.set_status(status);
  offer.set_reason(std::string(reason));
  if (status != events::OFFER_STATUS_ACCEPTED) offer.clear_escalation();
  PoolAgent& agent = *parts_.FindAgent(offer.agent_id());
  *agent.state.mutable_idle_since_time() = ToProto(step.now);
  TellOffer(offer, step);
}

void Dispatcher::EndOfferAndWait(PoolWork& work, events::OfferStatus status, absl::string_view reason, bool rest, Step& step) {
  const std::string agent_id = work.state.agent_id();
  EndOffer(work, status, reason, step);
  work.state.set_status(state::v1::WORK_STATUS_WAITING);
  work.state.clear_agent_id();
  if (rest) LeaveOut(work, agent_id, step.now);
  Touch(work, step);
  events::WorkRequeued& requeued = *Decide(work, agent_id, step).mutable_requeued();
  const absl::string_view what = status == events::OFFER_STATUS_DECLINED ? "declined" : reason;
  requeued.set_reason(absl::StrCat(what, " (", agent_id, ")"));
}

void Dispatcher::LeaveOut(PoolWork& work, const std::string& agent_id, absl::Time now) {
  auto& left_out = *work.state.mutable_left_out();
  left_out.erase(std::remove_if(left_out.begin(), left_out.end(),
                                [&](const state::v1::LeftOut& each) {
                                  return each.agent_id() == agent_id || TimeFrom(each.until_time()) <= now;
                                }),
                 left_out.end());
  if (left_out.size() >= kLeftOutMax) left_out.erase(left_out.begin());
  state::v1::LeftOut& added = *left_out.Add();
  added.set_agent_id(agent_id);
  *added.mutable_rest_until_time() = ToProto(now + policy_.rest_after_offer);
  *added.mutable_until_time() = ToProto(now + policy_.cool_down);
}

void Dispatcher::Orphan(PoolWork& work, absl::string_view reason, Step& step) {
  PoolAgent& agent = *parts_.FindAgent(work.state.agent_id());
  work.state.set_status(state::v1::WORK_STATUS_WAITING);
  work.state.clear_agent_id();
  work.state.set_raise(policy_.orphan_raise);
  Touch(work, step);
  TellWork(agent, work, events::ESCALATION_STATUS_QUEUED, reason, step);
  events::WorkRequeued& requeued = *Decide(work, agent.state.agent_id(), step).mutable_requeued();
  requeued.set_reason(absl::StrCat(reason, " (", agent.state.agent_id(), ")"));
  requeued.set_orphaned(true);
}

void Dispatcher::CloseWork(PoolWork& work, Step& step) {
  const std::string escalation_id = work.id();
  const std::string agent_id = work.state.agent_id();
  parts_.RemoveWork(escalation_id);
  step.effects.works.insert(escalation_id);
  state::v1::ClosedWork& closed = closed_[escalation_id];
  closed.set_escalation_id(escalation_id);
  *closed.mutable_forget_time() = ToProto(step.now + kForgetAfter);
  step.effects.closed.insert(escalation_id);
  if (PoolAgent* agent = parts_.FindAgent(agent_id)) {
    *agent->state.mutable_idle_since_time() = ToProto(step.now);
    Touch(*agent, step);
  }
}

void Dispatcher::Touch(PoolWork& work, Step& step) {
  parts_.Changed(work);
  step.effects.works.insert(work.id());
}

void Dispatcher::Touch(PoolAgent& agent, Step& step) {
  parts_.Changed(agent);
  step.effects.agents.insert(agent.state.agent_id());
}

}  // namespace touchstone::routing
