// The packs core and retail in YAML and told once more in C++ say the same of every customer written for them.

#include "services/classification/testing/naive_retail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "services/classification/pack_examples.h"
#include "services/classification/pack_loader.h"
#include "services/classification/testing/journey_driver.h"

namespace touchstone::classification {
namespace {

const absl::Time kPresent = absl::FromCivil(absl::CivilSecond(2026, 3, 2, 12, 0, 0), absl::UTCTimeZone());

std::string LineOf(absl::string_view rule, absl::string_view trigger, int64_t nanos) {
  return absl::StrCat(rule, " of ", trigger, " at ", absl::FormatTime(absl::FromUnixNanos(nanos), absl::UTCTimeZone()));
}

void ExpectTheSame(const Example& example, absl::Duration later) {
  const absl::Time now = kPresent + later;
  JourneyDriver driver(*LoadPack("deploy/packs/retail"));
  driver.AdvanceTo(now);
  std::vector<naive::Fact> facts;
  for (events::v1::Touchpoint& touchpoint : PlacedAt(example, kPresent)) {
    touchpoint.mutable_names(0)->set_key("customer:1");
    driver.Arrive(touchpoint);
    facts.push_back(naive::FactOf(touchpoint));
  }
  // A timer fires when its time has passed, which at the very instant it has not.
  driver.AdvanceTo(now + absl::Seconds(1));
  std::set<std::string> found;
  for (const events::v1::MomentOfTruth& moment : driver.MomentsOf("customer:1")) {
    found.insert(LineOf(moment.rule(), absl::StrCat(moment.trigger().source(), "/", moment.trigger().id()),
                        absl::ToUnixNanos(clock::TimeFrom(moment.occur_time()))));
  }
  const naive::Result naive = naive::JourneyOf(facts, absl::ToUnixNanos(now + absl::Seconds(1)), naive::RetailRules());
  std::set<std::string> expected;
  for (const naive::Moment& moment : naive.moments) expected.insert(LineOf(moment.rule, moment.trigger, moment.time));
  EXPECT_EQ(found, expected) << example.customer << ": " << example.shows;
  EXPECT_EQ(driver.DigestOf("customer:1").strike_hundredths(), naive.hundredths) << example.customer << ": " << example.shows;
}

TEST(NaiveRetail, SaysOfEveryExampleWhatThePackSays) {
  const std::vector<Example> examples = *LoadExamples("deploy/packs/retail/examples");
  ASSERT_GT(examples.size(), 50U);
  for (const Example& example : examples) {
    ExpectTheSame(example, absl::ZeroDuration());
    ExpectTheSame(example, absl::Hours(24 * 200));
  }
}

}  // namespace
}  // namespace touchstone::classification
