#include "tests/simulation/observers/case_observer.h"

#include "absl/strings/str_cat.h"
#include "tests/simulation/observers/cause.h"

namespace touchstone::simulation {

namespace events = touchstone::events::v1;

namespace {

// As core's routing.yaml says it: of a grave disappointment that is not older.
constexpr int kGrave = 60;
constexpr absl::Duration kActWithin = absl::Hours(72);

bool IsOpen(const events::Escalation& escalation) {
  return escalation.status() == events::ESCALATION_STATUS_QUEUED || escalation.status() == events::ESCALATION_STATUS_OFFERED ||
         escalation.status() == events::ESCALATION_STATUS_ASSIGNED;
}

bool Calls(const events::MomentOfTruth& moment) {
  return moment.polarity() == events::POLARITY_DISAPPOINTMENT && moment.severity() >= kGrave;
}

}  // namespace

void CaseObserver::OnMoment(const Seen& seen, const events::MomentOfTruth& moment) {
  Calling& calling = calling_[moment.id()];
  calling.partition = seen.position.partition;
  calling.offset = seen.position.offset;
  calling.occur_time = absl::FromUnixSeconds(moment.occur_time().seconds());
  calling.called_throughout = calling.called_throughout && Calls(moment);
  calling.heard = absl::InfiniteFuture();
}

void CaseObserver::OnJourneyEvent(const Seen& seen, const events::JourneyEvent& event) {
  if (event.has_moment_found()) OnMoment(seen, event.moment_found().moment());
  if (event.has_moment_changed()) OnMoment(seen, event.moment_changed().moment());
  if (event.has_moment_withdrawn()) calling_.erase(event.moment_withdrawn().moment().id());
}

void CaseObserver::OnWrite(const eventlog::DurableWrite& write, absl::Time now) {
  for (const eventlog::DurableWrite::Task& task : write.tasks) {
    if (task.kind != "case") continue;
    for (const eventlog::InputPosition& input : task.positions) {
      if (input.topic != "journey-events.v1") continue;
      for (auto& [id, calling] : calling_) {
        if (calling.partition == task.partition && calling.offset < input.next_offset)
          calling.heard = std::min(calling.heard, now);
      }
    }
  }
}

void CaseObserver::OnEscalation(const Seen& seen, const events::Escalation& escalation) {
  const auto known = latest_.find(escalation.id());
  const int64_t version = known == latest_.end() ? 0 : known->second.version();
  if (escalation.version() != version + 1) {
    verdicts_.Wrong(Check::kVersionsRise,
                    absl::StrCat(escalation.id(), " goes from version ", version, " to ", escalation.version()),
                    escalation.subject());
  }
  if (known != latest_.end() && !IsOpen(known->second) && known->second.status() != escalation.status()) {
    verdicts_.Wrong(Check::kOneOpenEscalation, absl::StrCat(escalation.id(), " changes its state after its end"),
                    escalation.subject());
  }
  std::string& open = open_of_[escalation.subject()];
  if (IsOpen(escalation)) {
    if (!open.empty() && open != escalation.id()) {
      verdicts_.Wrong(Check::kOneOpenEscalation,
                      absl::StrCat(escalation.subject(), " has two open escalations, ", open, " and ", escalation.id()),
                      escalation.subject());
    }
    open = escalation.id();
  } else if (open == escalation.id()) {
    open.clear();
  }
  for (const events::MomentOfTruth& moment : escalation.moments()) {
    const auto calling = calling_.find(moment.id());
    if (calling != calling_.end()) calling->second.is_held = true;
  }
  open_count_ += static_cast<int>(IsOpen(escalation)) - static_cast<int>(known != latest_.end() && IsOpen(known->second));
  latest_[escalation.id()] = escalation;
}

void CaseObserver::AtRest(absl::Time now) {
  for (const auto& [id, escalation] : latest_) {
    if (!IsOpen(escalation)) continue;
    verdicts_.Wrong(Check::kNoneStranded, absl::StrCat(id, " is stranded: ", escalation.change()), escalation.subject());
  }
  for (const auto& [id, calling] : calling_) {
    if (!calling.called_throughout || calling.is_held || calling.heard > calling.occur_time + kActWithin) continue;
    verdicts_.Wrong(Check::kMomentHasEscalation, absl::StrCat(id, " calls for a person and is in no escalation"), SubjectOf(id));
  }
}

}  // namespace touchstone::simulation
