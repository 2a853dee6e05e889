#include "tests/simulation/observers/journey_observer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/classification/testing/journey_driver.h"
#include "services/classification/testing/naive_retail.h"

namespace touchstone::simulation {

namespace events = touchstone::events::v1;
namespace naive = classification::naive;

int64_t JourneyObserver::moment_count() const {
  int64_t count = 0;
  for (const auto& [subject, journey] : journeys_) count += static_cast<int64_t>(journey.moments.size());
  return count;
}

void JourneyObserver::OnTouchpoint(const Seen& seen, const events::Touchpoint& touchpoint) {
  Journey& journey = journeys_[seen.record.key];
  if (journey.touchpoint_ids.insert(absl::StrCat(touchpoint.source(), "/", touchpoint.id())).second)
    journey.touchpoints.push_back(touchpoint);
}

void JourneyObserver::OnJourneyEvent(const Seen& seen, const events::JourneyEvent& event) {
  Journey& journey = journeys_[event.subject()];
  const auto wrong = [&](const std::string& id, absl::string_view what) {
    verdicts_.Wrong(Check::kMomentsAddUp, absl::StrCat(id, " ", what), event.subject());
  };
  if (event.has_moment_found()) {
    const events::MomentOfTruth& moment = event.moment_found().moment();
    if (!journey.moments.emplace(moment.id(), moment).second) wrong(moment.id(), "is found, and was there");
  } else if (event.has_moment_changed()) {
    const events::MomentOfTruth& moment = event.moment_changed().moment();
    if (!journey.moments.contains(moment.id())) wrong(moment.id(), "changes, and was not there");
    journey.moments[moment.id()] = moment;
  } else if (event.has_moment_withdrawn()) {
    const events::MomentOfTruth& moment = event.moment_withdrawn().moment();
    if (journey.moments.erase(moment.id()) == 0) wrong(moment.id(), "is withdrawn, and was not there");
  } else if (event.has_strike_crossing() && event.strike_crossing().hundredths() < event.strike_crossing().strikes() * 100) {
    verdicts_.Wrong(Check::kCrossingCounts,
                    absl::StrCat("a crossing of ", event.strike_crossing().strikes(), " at ",
                                 event.strike_crossing().hundredths(), " hundredths"),
                    event.subject());
  }
}

void JourneyObserver::OnDigest(const Seen& seen, const events::JourneyDigest& digest) {
  journeys_[digest.subject()].digest = digest;
}

void JourneyObserver::AtRest(absl::Time now) {
  for (const auto& [subject, journey] : journeys_) {
    CheckUndisturbed(subject, journey, now);
    CheckNaive(subject, journey, now);
  }
}

void JourneyObserver::CheckUndisturbed(const std::string& subject, const Journey& journey, absl::Time now) {
  classification::JourneyDriver driver(pack_);
  driver.AdvanceTo(now);
  for (const events::Touchpoint& touchpoint : journey.touchpoints) driver.Arrive(touchpoint);
  driver.AdvanceTo(now);
  std::map<std::string, std::string> undisturbed;
  for (const events::MomentOfTruth& moment : driver.MomentsOf(subject)) undisturbed[moment.id()] = moment.SerializeAsString();
  for (const auto& [id, moment] : journey.moments) {
    const auto found = undisturbed.find(id);
    if (found != undisturbed.end() && found->second == moment.SerializeAsString()) continue;
    verdicts_.Wrong(Check::kMomentsAsUndisturbed, absl::StrCat(id, found == undisturbed.end() ? " is false" : " differs"),
                    subject);
  }
  for (const auto& [id, moment] : undisturbed) {
    if (!journey.moments.contains(id)) verdicts_.Wrong(Check::kMomentsAsUndisturbed, absl::StrCat(id, " is missing"), subject);
  }
}

void JourneyObserver::CheckNaive(const std::string& subject, const Journey& journey, absl::Time now) {
  std::vector<naive::Fact> facts;
  for (const events::Touchpoint& touchpoint : journey.touchpoints) facts.push_back(naive::FactOf(touchpoint));
  static const auto& rules = *new naive::Rules(naive::RetailRules());
  const naive::Result told = naive::JourneyOf(std::move(facts), absl::ToUnixNanos(now), rules);
  std::set<std::string> expected;
  for (const naive::Moment& moment : told.moments)
    expected.insert(absl::StrCat(moment.rule, " of ", moment.trigger, " at ", moment.time));
  for (const auto& [id, moment] : journey.moments) {
    const std::string line = absl::StrCat(moment.rule(), " of ", moment.trigger().source(), "/", moment.trigger().id(), " at ",
                                          moment.occur_time().seconds() * naive::kSecond + moment.occur_time().nanos());
    if (expected.erase(line) == 0) verdicts_.Wrong(Check::kMomentsAsNaive, absl::StrCat("false: ", line), subject);
  }
  for (const std::string& line : expected) verdicts_.Wrong(Check::kMomentsAsNaive, absl::StrCat("missing: ", line), subject);
  if (journey.digest.strike_hundredths() != told.hundredths) {
    verdicts_.Wrong(Check::kStrikesAsNaive,
                    absl::StrCat("the digest says ", journey.digest.strike_hundredths(), " hundredths, not ", told.hundredths),
                    subject);
  }
}

}  // namespace touchstone::simulation
