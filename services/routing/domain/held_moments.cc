#include "services/routing/domain/held_moments.h"

#include <utility>

namespace touchstone::routing {

namespace events = touchstone::events::v1;
using state::v1::EscalationState;
using state::v1::HeldMoment;

namespace {

// What was withdrawn weighs less than anything that holds.
bool WeighsLess(const HeldMoment& a, const HeldMoment& b) {
  return std::pair(!a.withdrawn(), WeightOf(a)) < std::pair(!b.withdrawn(), WeightOf(b));
}

// What gives way when the list is full: what was withdrawn, then the lightest, then the oldest.
const HeldMoment& LightestOf(const EscalationState& escalation) {
  return *std::min_element(escalation.held().begin(), escalation.held().end(), WeighsLess);
}

}  // namespace

int WeightOf(const HeldMoment& held) { return std::max(held.severity(), held.crossing_severity()); }

HeldMoment* FindHeld(EscalationState& escalation, absl::string_view moment_id) {
  for (HeldMoment& held : *escalation.mutable_held()) {
    if (held.moment_id() == moment_id) return &held;
  }
  return nullptr;
}

events::MomentOfTruth* FindMoment(events::Escalation& escalation, absl::string_view moment_id) {
  for (events::MomentOfTruth& moment : *escalation.mutable_moments()) {
    if (moment.id() == moment_id) return &moment;
  }
  return nullptr;
}

void Unlist(EscalationState& escalation, absl::string_view moment_id) {
  auto& held = *escalation.mutable_held();
  held.erase(std::remove_if(held.begin(), held.end(), [&](const HeldMoment& each) { return each.moment_id() == moment_id; }),
             held.end());
  auto& moments = *escalation.mutable_escalation()->mutable_moments();
  moments.erase(
      std::remove_if(moments.begin(), moments.end(), [&](const events::MomentOfTruth& each) { return each.id() == moment_id; }),
      moments.end());
}

void ListCall(const PersonCall& call, bool counted, EscalationState& open) {
  HeldMoment* held = FindHeld(open, call.moment.id());
  if (held == nullptr) {
    int unlisted = open.unlisted_count() - (counted ? 1 : 0);
    if (open.held_size() >= kMomentsMax) {
      const HeldMoment lightest = LightestOf(open);
      const bool heavier = lightest.withdrawn() || WeightOf(lightest) < std::max(call.severity, call.crossing_severity);
      if (!lightest.withdrawn()) ++unlisted;
      if (heavier) Unlist(open, lightest.moment_id());
    }
    open.set_unlisted_count(std::max(0, unlisted));
    if (open.held_size() >= kMomentsMax) return;
    held = open.add_held();
    held->set_moment_id(call.moment.id());
    open.mutable_escalation()->add_moments();
    *open.mutable_escalation()->mutable_moments()->rbegin() = call.moment;
  } else if (call.severity > 0) {
    *FindMoment(*open.mutable_escalation(), call.moment.id()) = call.moment;
  }
  held->set_withdrawn(false);
  if (call.severity > 0) held->set_severity(call.severity);
  held->set_crossing_severity(std::max(held->crossing_severity(), call.crossing_severity));
  for (const int level : call.crossings) {
    if (std::find(held->crossings().begin(), held->crossings().end(), level) == held->crossings().end())
      held->add_crossings(level);
  }
  // The heavier of a moment's two reasons speaks.
  if (held->rule().empty() || std::max(call.severity, call.crossing_severity) >= WeightOf(*held)) {
    held->set_rule(call.rule);
    held->mutable_skills()->Assign(call.skills.begin(), call.skills.end());
    held->mutable_next_steps()->Assign(call.next_steps.begin(), call.next_steps.end());
  }
  held->set_work_version(open.work_version() + 1);
}

PersonCall CallOf(const HeldMoment& held, const EscalationState& escalation) {
  PersonCall call{.severity = held.severity(),
                  .crossing_severity = held.crossing_severity(),
                  .crossings = {held.crossings().begin(), held.crossings().end()},
                  .rule = held.rule(),
                  .skills = {held.skills().begin(), held.skills().end()},
                  .next_steps = {held.next_steps().begin(), held.next_steps().end()}};
  for (const events::MomentOfTruth& moment : escalation.escalation().moments()) {
    if (moment.id() == held.moment_id()) call.moment = moment;
  }
  return call;
}

const events::MomentOfTruth* HeaviestMoment(const EscalationState& escalation) {
  const auto heaviest = std::max_element(escalation.held().begin(), escalation.held().end(), WeighsLess);
  if (heaviest == escalation.held().end()) return nullptr;
  const auto& moments = escalation.escalation().moments();
  const auto moment = std::find_if(moments.begin(), moments.end(),
                                   [&](const events::MomentOfTruth& each) { return each.id() == heaviest->moment_id(); });
  return moment == moments.end() ? nullptr : &*moment;
}

bool IsHeld(const EscalationState& open) {
  if (open.requested_severity() > 0 || open.unlisted_count() > 0) return true;
  return std::any_of(open.held().begin(), open.held().end(), [](const HeldMoment& held) { return !held.withdrawn(); });
}

void Recompute(EscalationState& open) {
  events::Escalation& escalation = *open.mutable_escalation();
  std::vector<const HeldMoment*> holders;
  for (const HeldMoment& held : open.held()) {
    if (!held.withdrawn()) holders.push_back(&held);
  }
  // What nothing holds keeps what it had, for whoever looks at it.
  if (holders.empty() && open.requested_severity() == 0) return;
  std::stable_sort(holders.begin(), holders.end(),
                   [](const HeldMoment* a, const HeldMoment* b) { return WeightOf(*a) > WeightOf(*b); });
  escalation.set_severity(std::min(100, std::max(open.requested_severity(), holders.empty() ? 0 : WeightOf(*holders[0]))));
  // Skills of the heaviest only: an agent who knows everything that ever joined may not exist.
  escalation.clear_skills();
  if (!holders.empty()) AddDistinct(holders[0]->skills(), kSkillsMax, *escalation.mutable_skills());
  AddDistinct(open.requested_skills(), kSkillsMax, *escalation.mutable_skills());
  escalation.clear_next_steps();
  for (const HeldMoment* held : holders) AddDistinct(held->next_steps(), kNextStepsMax, *escalation.mutable_next_steps());
  int depth = 0;
  for (const events::MomentOfTruth& moment : escalation.moments()) depth = std::max(depth, moment.cause_depth());
  escalation.set_cause_depth(depth);
}

}  // namespace touchstone::routing
