// Who is there: sessions, availability, leases.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "services/routing/domain/dispatcher.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;
using clock::TimeFrom;
using clock::ToProto;

void Dispatcher::OnSignal(const events::DesktopSignal& signal, int64_t offset, absl::Time now, DispatchEffects& effects) {
  Step step{now, effects};
  if (signal.has_opened()) {
    Open(signal, offset, step);
    return Match(step);
  }
  const bool is_end = signal.has_lost() || signal.has_closed();
  PoolAgent* agent = parts_.FindAgent(signal.agent_id());
  if (agent == nullptr || signal.session_id() != agent->state.session_id() ||
      agent->state.status() == events::SESSION_STATUS_DISCONNECTED) {
    if (is_end) return;  // What is over already ends again.
    const bool fenced = agent != nullptr && signal.session_id() < agent->state.session_id();
    return fenced ? Refuse(signal, "SESSION_FENCED", "a newer session of this agent took over", step)
                  : Refuse(signal, "UNKNOWN_SESSION", "there is no such session; connect anew", step);
  }
  if (IsRepeat(*agent, signal.signal_id())) return;
  effects.agents.insert(agent->state.agent_id());
  OnSessionSignal(*agent, signal, step);
  Match(step);
}

void Dispatcher::OnSessionSignal(PoolAgent& agent, const events::DesktopSignal& signal, Step& step) {
  switch (signal.signal_case()) {
    case events::DesktopSignal::kLost:
      if (agent.state.status() == events::SESSION_STATUS_CONNECTED) Suspect(agent, "session lost", step);
      return;
    case events::DesktopSignal::kClosed:
      return Disconnect(agent, "the agent left", step);
    case events::DesktopSignal::kAvailability:
      return OnAvailability(agent, signal.availability(), step);
    case events::DesktopSignal::kDelivered:
      return OnDelivered(agent, signal, step);
    case events::DesktopSignal::kAccepted:
      return OnAccepted(agent, signal, step);
    case events::DesktopSignal::kDeclined:
      return OnDeclined(agent, signal, step);
    case events::DesktopSignal::kResolved:
      return OnResolved(agent, signal, step);
    case events::DesktopSignal::kOpened:
    case events::DesktopSignal::SIGNAL_NOT_SET:
      return;
  }
}

bool Dispatcher::IsRepeat(PoolAgent& agent, const std::string& signal_id) {
  auto& recent = *agent.state.mutable_recent_signal_ids();
  if (std::find(recent.begin(), recent.end(), signal_id) != recent.end()) return true;
  if (recent.size() >= kRecentSignalsMax) recent.erase(recent.begin());
  *recent.Add() = signal_id;
  return false;
}

void Dispatcher::Open(const events::DesktopSignal& signal, int64_t offset, Step& step) {
  const events::SessionOpened& opened = signal.opened();
  PoolAgent* known = parts_.FindAgent(signal.agent_id());
  if (known == nullptr) {
    state::v1::AgentState fresh;
    fresh.set_agent_id(signal.agent_id());
    fresh.set_status(events::SESSION_STATUS_DISCONNECTED);
    known = &parts_.AddAgent(std::move(fresh));
  }
  PoolAgent& agent = *known;
  if (IsRepeat(agent, signal.signal_id())) return;
  state::v1::AgentState& state = agent.state;
  const bool alive = state.status() != events::SESSION_STATUS_DISCONNECTED;
  const bool resumed = alive && opened.resumed_session_id() != 0 && opened.resumed_session_id() == state.session_id();
  if (alive) FenceOlder(agent, step);
  if (!resumed) {
    state.set_not_responding(false);
    state.set_miss_count(0);
    *state.mutable_idle_since_time() = ToProto(step.now);
  }
  state.set_resumed_session_id(resumed ? state.session_id() : 0);
  state.set_session_id(offset + 1);
  state.set_instance(signal.instance());
  state.set_status(events::SESSION_STATUS_CONNECTED);
  state.set_capacity(std::clamp(opened.capacity(), 1, kCapacityMax));
  *state.mutable_skills() = opened.skills();
  state.clear_wake_time();
  const bool away = opened.availability() == events::AVAILABILITY_AWAY || state.not_responding();
  state.set_availability(away ? events::AVAILABILITY_AWAY : events::AVAILABILITY_AVAILABLE);
  if (!state.not_responding()) state.clear_availability_reason();
  Touch(agent, step);
  RenewLease(signal.instance(), step);
  TellSession(agent, step);
  for (const std::string& escalation_id : agent.owned()) {
    TellWork(agent, *parts_.FindWork(escalation_id), events::ESCALATION_STATUS_ASSIGNED, "still yours", step);
  }
}

void Dispatcher::FenceOlder(PoolAgent& agent, Step& step) {
  RescindAll(agent, "a newer session took over", step);
  agent.state.set_status(events::SESSION_STATUS_FENCED);
  Touch(agent, step);
  TellSession(agent, step);
}

void Dispatcher::OnAvailability(PoolAgent& agent, const events::AvailabilityChosen& chosen, Step& step) {
  state::v1::AgentState& state = agent.state;
  const bool available = chosen.availability() == events::AVAILABILITY_AVAILABLE;
  state.set_availability(available ? events::AVAILABILITY_AVAILABLE : events::AVAILABILITY_AWAY);
  state.set_availability_reason(chosen.reason());
  state.set_not_responding(false);
  state.set_miss_count(0);
  Touch(agent, step);
  if (!available) RescindAll(agent, "the agent went away", step);
  TellSession(agent, step);
}

void Dispatcher::Suspect(PoolAgent& agent, absl::string_view reason, Step& step) {
  agent.state.set_status(events::SESSION_STATUS_SUSPECT);
  *agent.state.mutable_wake_time() = ToProto(step.now + policy_.grace);
  Touch(agent, step);
  RescindAll(agent, reason, step);
  TellSession(agent, step);
}

void Dispatcher::Disconnect(PoolAgent& agent, absl::string_view reason, Step& step) {
  agent.state.set_status(events::SESSION_STATUS_DISCONNECTED);
  *agent.state.mutable_wake_time() = ToProto(step.now + kForgetAfter);
  Touch(agent, step);
  RescindAll(agent, reason, step);
  const std::set<std::string> owned = agent.owned();
  for (const std::string& escalation_id : owned) Orphan(*parts_.FindWork(escalation_id), reason, step);
  TellSession(agent, step);
}

void Dispatcher::RescindAll(PoolAgent& agent, absl::string_view reason, Step& step) {
  const std::set<std::string> offered = agent.offered();
  for (const std::string& escalation_id : offered) {
    EndOfferAndWait(*parts_.FindWork(escalation_id), events::OFFER_STATUS_RESCINDED, reason, /*rest=*/false, step);
  }
}

void Dispatcher::OnAgentDue(const std::string& agent_id, absl::Time now, DispatchEffects& effects) {
  PoolAgent* agent = parts_.FindAgent(agent_id);
  if (agent == nullptr || DueOf(agent->state) > now) return;
  Step step{now, effects};
  if (agent->state.status() == events::SESSION_STATUS_SUSPECT) {
    Disconnect(*agent, "its agent is gone", step);
    return Match(step);
  }
  effects.agents.insert(agent_id);
  parts_.RemoveAgent(agent_id);
}

void Dispatcher::RenewLease(const std::string& instance, Step& step) {
  state::v1::LeaseState& lease = leases_[instance];
  lease.set_instance(instance);
  *lease.mutable_expire_time() = ToProto(step.now + policy_.lease);
  step.effects.leases.insert(instance);
}

void Dispatcher::OnLease(const events::InstanceLease& lease, absl::Time now, DispatchEffects& effects) {
  // By the dispatcher's own clock: what the instance's says is not believed.
  Step step{now, effects};
  RenewLease(lease.instance(), step);
  if (!lease.complete()) return;
  const std::set<int64_t> held(lease.session_ids().begin(), lease.session_ids().end());
  SuspectAll(
      lease.instance(), [&](const state::v1::AgentState& agent) { return !held.contains(agent.session_id()); },
      "its instance does not hold it", step);
}

void Dispatcher::SuspectAll(const std::string& instance, absl::FunctionRef<bool(const state::v1::AgentState&)> which,
                            absl::string_view reason, Step& step) {
  std::vector<std::string> lost;
  for (const auto& [agent_id, agent] : parts_.agents()) {
    const state::v1::AgentState& state = agent.state;
    if (state.instance() == instance && state.status() == events::SESSION_STATUS_CONNECTED && which(state))
      lost.push_back(agent_id);
  }
  for (const std::string& agent_id : lost) Suspect(*parts_.FindAgent(agent_id), reason, step);
  if (!lost.empty()) Match(step);
}

void Dispatcher::OnLeaseDue(const std::string& instance, absl::Time now, DispatchEffects& effects) {
  auto lease = leases_.find(instance);
  if (lease == leases_.end() || TimeFrom(lease->second.expire_time()) > now) return;
  leases_.erase(lease);
  effects.leases.insert(instance);
  Step step{now, effects};
  SuspectAll(
      instance, [](const state::v1::AgentState&) { return true; }, "its instance is silent", step);
}

}  // namespace touchstone::routing
