#include "common/clock/believed_clock.h"

#include <gtest/gtest.h>

#include "common/clock/virtual_clock.h"

namespace touchstone::clock {
namespace {

const absl::Time kTen = absl::FromUnixSeconds(1'790'000'000);

class BelievedClockTest : public ::testing::Test {
 protected:
  VirtualClock machine_{kTen};
  BelievedClock believed_{machine_};
};

TEST_F(BelievedClockTest, FollowsAClockThatRuns) {
  machine_.Advance(absl::Hours(5));
  EXPECT_EQ(believed_.Now(), kTen + absl::Hours(5)) << "an hour without a reading is no jump";
  EXPECT_FALSE(believed_.doubted());
  machine_.SetNow(machine_.Now() + absl::Minutes(10));
  EXPECT_EQ(believed_.Now(), machine_.Now()) << "ten minutes are a correction";
}

TEST_F(BelievedClockTest, NeverGoesBack) {
  machine_.Advance(absl::Hours(2));
  const absl::Time shown = believed_.Now();
  machine_.SetNow(shown - absl::Hours(1));
  EXPECT_EQ(believed_.Now(), shown);
  machine_.Advance(absl::Minutes(59));
  EXPECT_EQ(believed_.Now(), shown);
  machine_.Advance(absl::Minutes(2));
  EXPECT_EQ(believed_.Now(), shown + absl::Minutes(1));
}

TEST_F(BelievedClockTest, AClockSetBackAndThenRightIsNotDoubted) {
  machine_.SetNow(kTen - absl::Hours(1));
  EXPECT_EQ(believed_.Now(), kTen);
  machine_.SetNow(kTen + absl::Seconds(1));
  EXPECT_EQ(believed_.Now(), kTen + absl::Seconds(1));
  EXPECT_FALSE(believed_.doubted());
}

TEST_F(BelievedClockTest, AJumpAheadIsDoubtedForFiveMinutes) {
  machine_.SetNow(kTen + absl::Hours(3));
  EXPECT_EQ(believed_.Now(), kTen);
  EXPECT_TRUE(believed_.doubted());
  machine_.Advance(absl::Minutes(4));
  EXPECT_EQ(believed_.Now(), kTen + absl::Minutes(4)) << "time goes on by the monotonic clock";
  EXPECT_TRUE(believed_.doubted());
  machine_.Advance(absl::Minutes(1));
  EXPECT_EQ(believed_.Now(), kTen + absl::Hours(3) + absl::Minutes(5));
  EXPECT_FALSE(believed_.doubted());
}

TEST_F(BelievedClockTest, AJumpThatIsTakenBackNeverMattered) {
  machine_.SetNow(kTen + absl::Hours(24 * 365));
  EXPECT_TRUE(believed_.doubted());
  machine_.Advance(absl::Minutes(2));
  machine_.SetNow(kTen + absl::Minutes(2));
  EXPECT_EQ(believed_.Now(), kTen + absl::Minutes(2));
  EXPECT_FALSE(believed_.doubted());
}

TEST_F(BelievedClockTest, AnotherJumpBeginsTheDoubtAnew) {
  machine_.SetNow(kTen + absl::Hours(1));
  EXPECT_TRUE(believed_.doubted());
  machine_.Advance(absl::Minutes(4));
  machine_.SetNow(kTen + absl::Hours(24 * 365));
  EXPECT_TRUE(believed_.doubted());
  machine_.Advance(absl::Minutes(4));
  EXPECT_EQ(believed_.Now(), kTen + absl::Minutes(8)) << "four minutes of the new jump, not eight of any";
  machine_.Advance(absl::Minutes(1));
  EXPECT_EQ(believed_.Now(), machine_.Now());
}

TEST_F(BelievedClockTest, MonotonicTimeIsTheMachines) {
  machine_.Advance(absl::Seconds(7));
  EXPECT_EQ(believed_.Monotonic(), absl::Seconds(7));
}

}  // namespace
}  // namespace touchstone::clock
