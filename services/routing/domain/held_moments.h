#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/routing/domain/routing_policy.h"
#include "touchstone/events/v1/escalation.pb.h"
#include "touchstone/routing/state/v1/case_state.pb.h"

namespace touchstone::routing {

// A moment that asks for a person, by a rule of the policy.
struct PersonCall {
  events::v1::MomentOfTruth moment;
  // As the moment asks, and as the crossing it caused asks; 0: not.
  int severity = 0;
  int crossing_severity = 0;
  // Which crossings it caused: 1, 2, 3 strikes.
  std::vector<int> crossings;
  std::string rule;
  std::vector<std::string> skills;
  std::vector<std::string> next_steps;
};

// The moments of one escalation: escalation.moments shows them, `held` says what each asks for. At most kMomentsMax; what gives
// way is only counted.

int WeightOf(const state::v1::HeldMoment& held);
// Null where it is not listed.
state::v1::HeldMoment* FindHeld(state::v1::EscalationState& escalation, absl::string_view moment_id);
events::v1::MomentOfTruth* FindMoment(events::v1::Escalation& escalation, absl::string_view moment_id);

// Lists it, or renews it where it is listed. `counted`: it is among those that are only counted.
void ListCall(const PersonCall& call, bool counted, state::v1::EscalationState& escalation);
void Unlist(state::v1::EscalationState& escalation, absl::string_view moment_id);
// The call that a listed moment came by.
PersonCall CallOf(const state::v1::HeldMoment& held, const state::v1::EscalationState& escalation);

// What the escalation is about most: the heaviest of the listed moments that were not withdrawn, or where all were, the heaviest
// of these; of equals the one listed first. Null where none is listed.
const events::v1::MomentOfTruth* HeaviestMoment(const state::v1::EscalationState& escalation);

// Something still asks for a person: a moment, listed or only counted, that was not withdrawn; or a caller.
bool IsHeld(const state::v1::EscalationState& escalation);

// Severity, skills, next steps and depth of causes from what holds it. What nothing holds keeps what it had.
void Recompute(state::v1::EscalationState& escalation);

// Adds what is not there yet, up to `max` in all.
template <typename Strings>
void AddDistinct(const Strings& from, int max, google::protobuf::RepeatedPtrField<std::string>& to) {
  for (const std::string& each : from) {
    if (to.size() >= max) return;
    if (std::find(to.begin(), to.end(), each) == to.end()) *to.Add() = each;
  }
}

}  // namespace touchstone::routing
