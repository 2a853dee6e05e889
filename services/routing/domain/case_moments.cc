// What moments do to a case.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "services/routing/domain/case.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;
using clock::TimeFrom;
using state::v1::EscalationState;
using state::v1::HeldMoment;

namespace {

// The moment behind a crossing, as far as the digest still shows it.
events::MomentOfTruth MomentOfCrossing(const events::StrikeCrossing& crossing, const events::JourneyDigest& journey) {
  for (const events::MomentOfTruth& moment : journey.last_moments()) {
    if (moment.id() == crossing.strike().moment_id()) return moment;
  }
  events::MomentOfTruth moment;
  moment.set_id(crossing.strike().moment_id());
  moment.set_subject(journey.subject());
  moment.set_polarity(events::POLARITY_DISAPPOINTMENT);
  moment.set_rule(crossing.strike().rule());
  moment.set_says(absl::StrCat("strike ", crossing.strikes()));
  *moment.mutable_occur_time() = crossing.strike().occur_time();
  return moment;
}

}  // namespace

void Case::OnJourneyEvent(const events::JourneyEvent& event) {
  switch (event.fact_case()) {
    case events::JourneyEvent::kMomentFound:
      return OnFound(event.moment_found().moment(), event.journey());
    case events::JourneyEvent::kMomentChanged:
      return OnChanged(event.moment_changed().moment(), event.journey());
    case events::JourneyEvent::kMomentWithdrawn:
      return OnWithdrawn(event.moment_withdrawn().moment(), event.journey());
    case events::JourneyEvent::kStrikeCrossing:
      return OnCrossing(event.strike_crossing(), event.journey());
    default:
      return Refresh(event.journey());
  }
}

void Case::OnFound(const events::MomentOfTruth& moment, const events::JourneyDigest& journey) {
  // Found again after a person has dealt with it: not news.
  if (IsPlaced() && !IsInOpen()) return Refresh(journey);
  const CallRule* rule = policy_.FindCall(moment, journey);
  if (rule == nullptr || !IsNews(TimeFrom(moment.occur_time()))) return Refresh(journey);
  Join({.moment = moment,
        .severity = std::max(moment.severity(), rule->severity_min),
        .rule = rule->id,
        .skills = rule->skills,
        .next_steps = rule->next_steps},
       journey);
}

void Case::OnCrossing(const events::StrikeCrossing& crossing, const events::JourneyDigest& journey) {
  const CrossingRule* rule = policy_.FindCrossing(crossing.strikes());
  if (rule == nullptr || !IsNews(TimeFrom(crossing.occur_time()))) return Refresh(journey);
  if (IsPlaced() && !IsInOpen()) return Refresh(journey);
  Join({.moment = MomentOfCrossing(crossing, journey),
        .crossing_severity = rule->severity,
        .rule = rule->id,
        .skills = rule->skills,
        .next_steps = rule->next_steps},
       journey);
}

void Case::OnChanged(const events::MomentOfTruth& moment, const events::JourneyDigest& journey) {
  if (!IsPlaced()) return OnFound(moment, journey);
  if (!IsInOpen()) {
    NoteClosed("moment changed after it was closed");
    return Refresh(journey);
  }
  HeldMoment* held = FindHeld(*parts_.open, moment.id());
  if (held == nullptr) return Refresh(journey);
  const CallRule* rule = policy_.FindCall(moment, journey);
  held->set_severity(rule == nullptr ? moment.severity() : std::max(moment.severity(), rule->severity_min));
  *FindMoment(*parts_.open->mutable_escalation(), moment.id()) = moment;
  *parts_.open->mutable_escalation()->mutable_journey() = journey;
  Recompute(*parts_.open);
  Change(*parts_.open, "moment changed");
  SendWork();
}

void Case::OnWithdrawn(const events::MomentOfTruth& moment, const events::JourneyDigest& journey) {
  if (!IsPlaced()) return Refresh(journey);
  const bool in_open = IsInOpen();
  SetPlace(moment.id(), /*withdrawn=*/true);
  if (!in_open) {
    NoteClosed("moment withdrawn after it was closed");
    return Refresh(journey);
  }
  EscalationState& open = *parts_.open;
  if (HeldMoment* held = FindHeld(open, moment.id()); held != nullptr) {
    held->set_withdrawn(true);
    // Who has it, or reads later why it was cancelled, still sees what it was about.
    if (IsWaiting() && IsHeld(*parts_.open)) Unlist(open, moment.id());
  } else {
    open.set_unlisted_count(std::max(0, open.unlisted_count() - 1));
  }
  *open.mutable_escalation()->mutable_journey() = journey;
  Recompute(*parts_.open);
  Change(open, "moment withdrawn");
  if (IsWaiting() && !IsHeld(*parts_.open)) return CancelIfNothingHolds();
  SendWork();
}

void Case::Join(const PersonCall& call, const events::JourneyDigest& journey) {
  const bool opens = !parts_.open.has_value();
  if (opens) OpenNew(call.rule, call.moment.id());
  ListCall(call, /*counted=*/IsPlaced() && IsInOpen(), *parts_.open);
  SetPlace(call.moment.id(), /*withdrawn=*/false);
  *parts_.open->mutable_escalation()->mutable_journey() = journey;
  Recompute(*parts_.open);
  Change(*parts_.open, absl::StrCat(opens ? "opened by " : "joined by ", call.rule));
  SendWork();
}

void Case::Refresh(const events::JourneyDigest& journey) {
  if (!parts_.open.has_value()) return;
  events::Escalation& escalation = *parts_.open->mutable_escalation();
  if (escalation.journey().SerializeAsString() == journey.SerializeAsString()) return;
  *escalation.mutable_journey() = journey;
  Change(*parts_.open, "journey changed");
  SendWork();
}

}  // namespace touchstone::routing
