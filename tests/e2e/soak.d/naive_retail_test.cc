#include "tests/e2e/soak.d/naive_retail.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/classification/pack_loader.h"
#include "services/classification/testing/journey_driver.h"
#include "tests/e2e/kill_traffic.h"

namespace touchstone::e2e {
namespace {

constexpr int kCustomers = 2 * kStoryCount;
// A Monday noon in UTC.
const absl::Time kPresent = absl::FromCivil(absl::CivilSecond(2026, 3, 2, 12, 0, 0), absl::UTCTimeZone());

// So that a rule of the pack that changes, or comes, is found out before the soak does.
TEST(NaiveRetail, FindsWhatTheJourneyTaskFinds) {
  const KillTraffic traffic(kCustomers, kPresent - absl::Hours(41), kCustomers);
  const NaiveRetail retail = RetailForTheTraffic();
  int found = 0;
  for (int number = 0; number < kCustomers; ++number) {
    classification::JourneyDriver driver(*classification::LoadPack("deploy/packs/retail"));
    driver.AdvanceTo(kPresent);
    std::vector<classification::naive::Fact> facts;
    for (size_t i = 0; i < traffic.size(); ++i) {
      if (traffic.PlaceOf(i).number != number) continue;
      events::v1::Touchpoint touchpoint = traffic.At(i);
      touchpoint.mutable_names(0)->set_key(absl::StrCat("customer:", number));
      driver.Arrive(touchpoint);
      facts.push_back(FactOf(touchpoint));
    }
    driver.AdvanceTo(kPresent + absl::Seconds(1));
    std::vector<std::string> told, expected;
    for (const auto& moment : driver.MomentsOf(absl::StrCat("customer:", number)))
      told.push_back(absl::StrCat(moment.rule(), " by ", moment.trigger().id(), " in ", moment.stage()));
    for (const auto& moment : classification::naive::JourneyOf(facts, absl::ToUnixNanos(kPresent), retail.rules).moments) {
      const auto stated = retail.stated_stages.find(moment.rule);
      const int stage = stated == retail.stated_stages.end() ? moment.stage : stated->second;
      expected.push_back(absl::StrCat(moment.rule, " by ", moment.trigger.substr(moment.trigger.find('/') + 1), " in ", stage));
    }
    std::sort(told.begin(), told.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(told, expected) << "customer " << number;
    found += static_cast<int>(told.size());
  }
  EXPECT_GT(found, 2 * kCustomers);
}

}  // namespace
}  // namespace touchstone::e2e
