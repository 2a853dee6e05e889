#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/routing/domain/held_moments.h"
#include "services/routing/domain/routing_policy.h"
#include "touchstone/events/v1/escalation.pb.h"
#include "touchstone/events/v1/inboxes.pb.h"
#include "touchstone/events/v1/journey.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"
#include "touchstone/routing/state/v1/case_state.pb.h"

namespace touchstone::routing {

// The parts of a customer's case that one input concerns, as they are stored.
struct CaseParts {
  state::v1::CaseState head;
  // The open escalation, if head names one.
  std::optional<state::v1::EscalationState> open;
  // With a moment: where it is or was, and that escalation if it is not the open one.
  std::optional<state::v1::MomentPlace> place;
  // With a moment or a command: the closed escalation it speaks of.
  std::optional<state::v1::EscalationState> closed;
  // With a command: what was answered before.
  std::optional<state::v1::RequestOutcome> answered;
};

// What an input changed, to be stored and sent in one unit of work.
struct CaseEffects {
  std::optional<state::v1::CaseState> head;
  // By escalation id.
  std::map<std::string, state::v1::EscalationState> escalations;
  // By moment id.
  std::map<std::string, state::v1::MomentPlace> places;
  std::optional<state::v1::RequestOutcome> answer;

  // Every change of an escalation, in order.
  std::vector<events::v1::Escalation> changes;
  // Work and CancelWork for the pool, in order.
  std::vector<events::v1::DispatchMessage> dispatch;
  // A resolution as a touchpoint.
  std::optional<events::v1::Touchpoint> touchpoint;
  // A resolution that came of too long a chain of our own causes: no touchpoint.
  bool cause_too_deep = false;
};

// One customer's case: which escalation a moment belongs to, so that a customer has at most one open. One object handles
// one input: hand it the parts, call one of the On methods, take the effects. No errors: what cannot be applied to the case
// as it stands (stale, repeated) changes nothing.
class Case {
 public:
  // `policy` outlives it.
  Case(const RoutingPolicy& policy, std::string subject, CaseParts parts, absl::Time now);

  void OnJourneyEvent(const events::v1::JourneyEvent& event);
  void OnOpen(const events::v1::OpenCase& open);
  void OnCancel(const events::v1::CancelCase& cancel);
  void OnDecision(const events::v1::PoolDecision& decision);
  // An open escalation that nobody has took its reminder's time.
  void OnReminder();

  CaseEffects TakeEffects() { return std::move(effects_); }

 private:
  void OnFound(const events::v1::MomentOfTruth& moment, const events::v1::JourneyDigest& journey);
  void OnChanged(const events::v1::MomentOfTruth& moment, const events::v1::JourneyDigest& journey);
  void OnWithdrawn(const events::v1::MomentOfTruth& moment, const events::v1::JourneyDigest& journey);
  void OnCrossing(const events::v1::JourneyEvent& event);
  void OnAssigned(const events::v1::PoolDecision& decision);
  void OnRequeued(const events::v1::WorkRequeued& requeued);
  void OnResolved(const events::v1::PoolDecision& decision);
  void OnWorkClosed(const events::v1::PoolDecision& decision);

  bool IsNews(absl::Time occurred) const { return now_ - occurred <= policy_.act_within; }
  // The strike is news; or it is old, what came late made it a crossing just now, and the customer is here: the journey's newest
  // touchpoint is news. An import of history rings no bell, whoever is here.
  bool IsNewCrossing(const events::v1::JourneyEvent& event) const;
  // The moment is in an escalation already, and still counts there.
  bool IsPlaced() const { return parts_.place.has_value() && !parts_.place->withdrawn(); }
  bool IsInOpen() const;
  // Nobody has the open escalation.
  bool IsWaiting() const;

  // The call opens an escalation, or joins the open one and raises it.
  void Join(const PersonCall& call, const events::v1::JourneyDigest& journey);
  // The moment in the open escalation asks for nobody any more.
  void LetGo(const std::string& moment_id, absl::string_view change, const events::v1::JourneyDigest& journey);
  // The heavier of a moment's reasons speaks: `call` (null: none by now), or the heaviest crossing.
  void TakeOverRule(const CallRule* call, state::v1::HeldMoment& held) const;
  void OpenNew(absl::string_view opened_by, absl::string_view opener);
  void Refresh(const events::v1::JourneyDigest& journey);
  // Takes the conditional way out where nothing holds what waits: only the pool knows whether an agent has it by now.
  void CancelIfNothingHolds();
  // Closes the open escalation; what asked for a person since `seen_version` opens the next one.
  void Close(events::v1::EscalationStatus status, absl::string_view change, int64_t seen_version);
  void OpenNextFor(std::vector<PersonCall> calls, const state::v1::EscalationState& before, bool requested);

  // One more version, for whoever reads escalations.v1. Stores it too.
  void Change(state::v1::EscalationState& escalation, absl::string_view change);
  // One more version of the work, for the pool.
  void SendWork();
  void SendCancel(absl::string_view actor, absl::string_view reason, bool unless_assigned);
  void NoteClosed(absl::string_view change);
  void SetPlace(const std::string& moment_id, bool withdrawn, const std::vector<int>& crossings = {});
  // `resolved`: without what the agent had not heard of, which opens the next.
  void SendTouchpoint(const state::v1::EscalationState& resolved);
  void Answer(const events::v1::Escalation& escalation);
  void Refuse(absl::StatusCode code, absl::string_view reason, absl::string_view message);

  const RoutingPolicy& policy_;
  const std::string subject_;
  const absl::Time now_;
  CaseParts parts_;
  CaseEffects effects_;
};

}  // namespace touchstone::routing
