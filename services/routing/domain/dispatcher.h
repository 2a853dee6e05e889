#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/routing/domain/pool_state.h"
#include "services/routing/domain/routing_policy.h"
#include "touchstone/events/v1/escalation.pb.h"
#include "touchstone/events/v1/inboxes.pb.h"
#include "touchstone/routing/state/v1/dispatcher_state.pb.h"

namespace touchstone::routing {

// What one input made of a pool: what to send, and which parts changed. A part that changed and is no longer in the dispatcher
// is gone.
struct DispatchEffects {
  // In order.
  std::vector<events::v1::DesktopNotice> notices;
  std::vector<events::v1::CaseMessage> decisions;

  // Works by escalation id, agents, leases by instance, closed works by escalation id.
  std::set<std::string> works;
  std::set<std::string> agents;
  std::set<std::string> leases;
  std::set<std::string> closed;
};

// One pool: its waiting line, agents and offers. In memory, built from its stored parts; each input changes it and says what to
// store and to send. The same inputs in the same order have the same effects, whatever was restored in between.
//
// Nothing here fails: what does not fit (stale, repeated, fenced) changes nothing, or is refused to the desktop that said it.
class Dispatcher {
 public:
  // `policy` outlives it.
  Dispatcher(const RoutingPolicy& policy, std::string pool);

  // Restoring, before any input, in any order.
  void Restore(state::v1::WorkState work) { parts_.AddWork(std::move(work)); }
  void Restore(state::v1::AgentState agent) { parts_.AddAgent(std::move(agent)); }
  void Restore(state::v1::LeaseState lease);
  void Restore(state::v1::ClosedWork closed);

  void OnWork(const events::v1::Work& work, absl::Time now, DispatchEffects& effects);
  void OnCancel(const events::v1::CancelWork& cancel, absl::Time now, DispatchEffects& effects);
  // `offset` is where the signal lies in the log: a session's id is one more than that of the record that opened it.
  void OnSignal(const events::v1::DesktopSignal& signal, int64_t offset, absl::Time now, DispatchEffects& effects);
  void OnLease(const events::v1::InstanceLease& lease, absl::Time now, DispatchEffects& effects);

  // A part's time (DueOf) has come. Too early, or for a part that is gone, it changes nothing.
  void OnWorkDue(const std::string& escalation_id, absl::Time now, DispatchEffects& effects);
  void OnAgentDue(const std::string& agent_id, absl::Time now, DispatchEffects& effects);
  void OnLeaseDue(const std::string& instance, absl::Time now, DispatchEffects& effects);
  void OnClosedDue(const std::string& escalation_id, absl::Time now, DispatchEffects& effects);

  const PoolState& parts() const { return parts_; }
  // Null where there is none.
  const state::v1::LeaseState* FindLease(const std::string& instance) const;
  const state::v1::ClosedWork* FindClosed(const std::string& escalation_id) const;

  // When a part wants to be woken; InfiniteFuture: never.
  static absl::Time DueOf(const state::v1::WorkState& work, absl::Time now);
  static absl::Time DueOf(const state::v1::AgentState& agent);

 private:
  // One input: the time it happens at, and what it makes of the pool.
  struct Step {
    absl::Time now;
    DispatchEffects& effects;
  };

  // dispatcher_sessions.cc: who is there.
  void Open(const events::v1::DesktopSignal& signal, int64_t offset, Step& step);
  void FenceOlder(PoolAgent& agent, Step& step);
  // A signal of a session that stands.
  void OnSessionSignal(PoolAgent& agent, const events::v1::DesktopSignal& signal, Step& step);
  void OnAvailability(PoolAgent& agent, const events::v1::AvailabilityChosen& chosen, Step& step);
  void Suspect(PoolAgent& agent, absl::string_view reason, Step& step);
  void Disconnect(PoolAgent& agent, absl::string_view reason, Step& step);
  void RescindAll(PoolAgent& agent, absl::string_view reason, Step& step);
  void RenewLease(const std::string& instance, Step& step);
  // The connected sessions of an instance for which `which` holds.
  void SuspectAll(const std::string& instance, absl::FunctionRef<bool(const state::v1::AgentState&)> which,
                  absl::string_view reason, Step& step);
  bool IsRepeat(PoolAgent& agent, const std::string& signal_id);

  // dispatcher.cc: what they do with work.
  void OnDelivered(PoolAgent& agent, const events::v1::DesktopSignal& signal, Step& step);
  void OnAccepted(PoolAgent& agent, const events::v1::DesktopSignal& signal, Step& step);
  void OnDeclined(PoolAgent& agent, const events::v1::DesktopSignal& signal, Step& step);
  void OnResolved(PoolAgent& agent, const events::v1::DesktopSignal& signal, Step& step);
  void OnOfferDue(PoolWork& work, Step& step);
  // The work whose open offer to this agent it is. Null if there is none: the desktop is told.
  PoolWork* OfferedWork(PoolAgent& agent, const events::v1::DesktopSignal& signal, const std::string& offer_id, Step& step);
  // Gives until no more can be given.
  void Match(Step& step);
  void MakeOffer(PoolWork& work, PoolAgent& agent, Step& step);
  // Ends the work's open offer and tells its desktop. The caller says at once what the work is then.
  void EndOffer(PoolWork& work, events::v1::OfferStatus status, absl::string_view reason, Step& step);
  // The same, and the work waits again; `rest`: not for this agent for a while.
  void EndOfferAndWait(PoolWork& work, events::v1::OfferStatus status, absl::string_view reason, bool rest, Step& step);
  void LeaveOut(PoolWork& work, const std::string& agent_id, absl::Time now);
  void Orphan(PoolWork& work, absl::string_view reason, Step& step);
  void CloseWork(PoolWork& work, Step& step);
  void Touch(PoolWork& work, Step& step);
  void Touch(PoolAgent& agent, Step& step);

  // dispatcher_messages.cc: what is told to whom.
  events::v1::DesktopNotice& AddNotice(PoolAgent& agent, Step& step);
  void TellSession(PoolAgent& agent, Step& step);
  void TellWork(PoolAgent& agent, const PoolWork& work, events::v1::EscalationStatus status, absl::string_view change,
                Step& step);
  void TellOffer(const events::v1::Offer& offer, Step& step);
  void Refuse(const events::v1::DesktopSignal& signal, absl::string_view reason, absl::string_view message, Step& step);
  events::v1::PoolDecision& Decide(const PoolWork& work, absl::string_view agent_id, Step& step);
  void AnswerClosed(const std::string& escalation_id, int64_t version, Step& step);

  const RoutingPolicy& policy_;
  const std::string pool_;
  PoolState parts_;
  std::map<std::string, state::v1::LeaseState> leases_;
  std::map<std::string, state::v1::ClosedWork> closed_;
};

// Agents that were away for longer, and work that has been over for longer, are forgotten.
inline constexpr absl::Duration kForgetAfter = absl::Hours(24);
inline constexpr int kRecentSignalsMax = 32;
inline constexpr int kLeftOutMax = 64;
inline constexpr int kCapacityMax = 20;

}  // namespace touchstone::routing
