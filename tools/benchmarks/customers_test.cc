#include "tools/benchmarks/customers.h"

#include <gtest/gtest.h>

#include <set>

#include "common/names/name_secret.h"
#include "services/classification/pack_loader.h"
#include "services/classification/testing/journey_driver.h"
#include "services/ingestion/domain/touchpoint_check.h"

namespace touchstone::benchmarks {
namespace {

constexpr int kTouchpoints = 30'000;
const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

absl::Time TimeOf(int index) { return kStart + absl::Microseconds(10) * index; }

TEST(CustomersTest, TheSameSeedTellsTheSameStories) {
  Customers one(7), same(7), other(8);
  int different = 0;
  for (int i = 0; i < 5'000; ++i) {
    const std::string touchpoint = one.Next(TimeOf(i)).SerializeAsString();
    // A map has no order of its own: compare lengths too, and what is deterministic of the text.
    EXPECT_EQ(touchpoint.size(), same.Next(TimeOf(i)).ByteSizeLong());
    if (touchpoint.size() != other.Next(TimeOf(i)).ByteSizeLong()) ++different;
  }
  EXPECT_GT(different, 1'000);
}

TEST(CustomersTest, AllTouchpointsAreTakenAndAFifthMakesAMoment) {
  const auto secret = names::NameSecret::FromBytes(std::string(names::NameSecret::kBytes, 's'));
  const auto pack = classification::LoadPack("deploy/packs/retail");
  ASSERT_TRUE(secret.ok() && pack.ok()) << pack.status();
  classification::JourneyDriver driver(*pack);
  Customers customers(1);
  for (int i = 0; i < kTouchpoints; ++i) {
    const auto checked = ingestion::CheckedTouchpoint(customers.Next(TimeOf(i)), "touchpoint", *secret, TimeOf(i));
    ASSERT_TRUE(checked.ok()) << checked.status();
    driver.AdvanceTo(TimeOf(i));
    driver.Arrive(*checked);
  }
  std::set<std::string> triggers;
  for (const events::v1::JourneyEvent& event : driver.events()) {
    if (event.has_moment_found()) triggers.insert(event.moment_found().moment().trigger().id());
  }
  EXPECT_TRUE(driver.dead_letters().empty());
  EXPECT_GT(triggers.size(), kTouchpoints * 15 / 100);
  EXPECT_LT(triggers.size(), kTouchpoints * 25 / 100);
}

}  // namespace
}  // namespace touchstone::benchmarks
