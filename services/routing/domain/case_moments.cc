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

// The moment behind a crossing; where the journey no longer keeps it, what the strike says of it.
events::MomentOfTruth MomentOfCrossing(const events::StrikeCrossing& crossing, const events::JourneyDigest& journey) {
  if (crossing.has_moment()) return crossing.moment();
  events::MomentOfTruth moment;
  moment.set_id(crossing.strike().moment_id());
  moment.set_subject(journey.subject());
  moment.set_polarity(events::POLARITY_DISAPPOINTMENT);
  moment.set_rule(crossing.strike().rule());
  moment.set_says(absl::StrCat("strike ", crossing.strikes()));
  *moment.mutable_occur_time() = crossing.strike().occur_time();
  return moment;
}

bool HasLevel(const google::protobuf::RepeatedField<int32_t>& levels, int level) {
  return std::find(levels.begin(), levels.end(), level) != levels.end();
}

template <typename Rule>
void SpeakBy(const Rule& rule, HeldMoment& held) {
  held.set_rule(rule.id);
  held.mutable_skills()->Assign(rule.skills.begin(), rule.skills.end());
  held.mutable_next_steps()->Assign(rule.next_steps.begin(), rule.next_steps.end());
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
      return OnCrossing(event);
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
        .severity = policy_.SeverityOf(moment, journey),
        .rule = rule->id,
        .skills = rule->skills,
        .next_steps = rule->next_steps},
       journey);
}

// What comes late moves the ledger, and then the strike that crosses in event time is often an old one, by a moment that a person
// has dealt with. So a crossing is a fact of its own: only the same level by the same moment is no news.
void Case::OnCrossing(const events::JourneyEvent& event) {
  const events::StrikeCrossing& crossing = event.strike_crossing();
  const events::JourneyDigest& journey = event.journey();
  const CrossingRule* rule = policy_.FindCrossing(crossing.strikes());
  if (rule == nullptr || !IsNewCrossing(event)) return Refresh(journey);
  if (IsPlaced() && HasLevel(parts_.place->crossings(), crossing.strikes())) return Refresh(journey);
  Join({.moment = MomentOfCrossing(crossing, journey),
        .crossing_severity = rule->severity,
        .crossings = {crossing.strikes()},
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
  if (held != nullptr) *FindMoment(*parts_.open->mutable_escalation(), moment.id()) = moment;
  const CallRule* rule = policy_.FindCall(moment, journey);
  const bool crossed = parts_.place->crossings_size() > 0 || (held != nullptr && held->crossing_severity() > 0);
  if (rule == nullptr && !crossed) return LetGo(moment.id(), "moment changed: it calls for nobody any more", journey);
  if (held == nullptr) return Refresh(journey);
  held->set_severity(rule == nullptr ? 0 : policy_.SeverityOf(moment, journey));
  TakeOverRule(rule, *held);
  *parts_.open->mutable_escalation()->mutable_journey() = journey;
  Recompute(*parts_.open);
  Change(*parts_.open, "moment changed");
  SendWork();
}

bool Case::IsNewCrossing(const events::JourneyEvent& event) const {
  if (IsNews(TimeFrom(event.strike_crossing().occur_time()))) return true;
  if (!event.strike_crossing().has_late_evidence()) return false;
  return IsNews(TimeFrom(event.conclude_time())) && IsNews(TimeFrom(event.journey().last_time()));
}

void Case::TakeOverRule(const CallRule* call, HeldMoment& held) const {
  if (call != nullptr && held.severity() >= held.crossing_severity()) return SpeakBy(*call, held);
  const CrossingRule* heaviest = nullptr;
  for (const int level : held.crossings()) {
    const CrossingRule* rule = policy_.FindCrossing(level);
    if (rule != nullptr && (heaviest == nullptr || rule->severity > heaviest->severity)) heaviest = rule;
  }
  if (heaviest != nullptr) SpeakBy(*heaviest, held);
}

void Case::OnWithdrawn(const events::MomentOfTruth& moment, const events::JourneyDigest& journey) {
  if (!IsPlaced()) return Refresh(journey);
  if (IsInOpen()) return LetGo(moment.id(), "moment withdrawn", journey);
  SetPlace(moment.id(), /*withdrawn=*/true);
  NoteClosed("moment withdrawn after it was closed");
  Refresh(journey);
}

void Case::LetGo(const std::string& moment_id, absl::string_view change, const events::JourneyDigest& journey) {
  SetPlace(moment_id, /*withdrawn=*/true);
  EscalationState& open = *parts_.open;
  if (HeldMoment* held = FindHeld(open, moment_id); held != nullptr) {
    held->set_withdrawn(true);
    // Who has it, or reads later why it was cancelled, still sees what it was about.
    if (IsWaiting() && IsHeld(*parts_.open)) Unlist(open, moment_id);
  } else {
    open.set_unlisted_count(std::max(0, open.unlisted_count() - 1));
  }
  *open.mutable_escalation()->mutable_journey() = journey;
  Recompute(*parts_.open);
  Change(open, change);
  if (IsWaiting() && !IsHeld(*parts_.open)) return CancelIfNothingHolds();
  SendWork();
}

void Case::Join(const PersonCall& call, const events::JourneyDigest& journey) {
  const bool opens = !parts_.open.has_value();
  if (opens) OpenNew(call.rule, call.moment.id());
  ListCall(call, /*counted=*/IsPlaced() && IsInOpen(), *parts_.open);
  std::vector<int> crossings = call.crossings;
  if (IsPlaced()) crossings.insert(crossings.end(), parts_.place->crossings().begin(), parts_.place->crossings().end());
  SetPlace(call.moment.id(), /*withdrawn=*/false, crossings);
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
