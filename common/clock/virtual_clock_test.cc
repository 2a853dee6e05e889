#include "common/clock/virtual_clock.h"

#include <gtest/gtest.h>

namespace touchstone::clock {
namespace {

const absl::Time kTen = absl::FromUnixSeconds(1'790'000'000);

TEST(VirtualClock, StandsStillUntilTold) {
  VirtualClock clock(kTen);
  EXPECT_EQ(clock.Now(), kTen);
  EXPECT_EQ(clock.Monotonic(), absl::ZeroDuration());
  clock.Advance(absl::Seconds(3));
  EXPECT_EQ(clock.Now(), kTen + absl::Seconds(3));
  EXPECT_EQ(clock.Monotonic(), absl::Seconds(3));
}

TEST(VirtualClock, SettingTheWallPassesNoTime) {
  VirtualClock clock(kTen);
  clock.SetNow(kTen - absl::Hours(1));
  EXPECT_EQ(clock.Now(), kTen - absl::Hours(1));
  clock.SetNow(kTen + absl::Hours(1));
  EXPECT_EQ(clock.Monotonic(), absl::ZeroDuration());
}

TEST(VirtualClock, AdvancesToATimeButNotBackToIt) {
  VirtualClock clock(kTen);
  clock.AdvanceTo(kTen + absl::Minutes(2));
  EXPECT_EQ(clock.Monotonic(), absl::Minutes(2));
  clock.AdvanceTo(kTen);
  EXPECT_EQ(clock.Now(), kTen + absl::Minutes(2));
}

TEST(VirtualClockDeathTest, TimeDoesNotPassBackwards) {
  VirtualClock clock(kTen);
  EXPECT_DEATH(clock.Advance(absl::Seconds(-1)), "does not pass backwards");
}

}  // namespace
}  // namespace touchstone::clock
