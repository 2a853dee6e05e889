#include "services/outreach/domain/rolling_cap.h"

#include <gtest/gtest.h>

namespace touchstone::outreach {
namespace {

const absl::Time kMonday = absl::FromUnixSeconds(1'772'409'600);
constexpr absl::Duration kDay = absl::Hours(24);
const RollingCap kThreeAWeek{3, 7 * kDay, {events::v1::OUTREACH_CLASS_FEEDBACK}};

TEST(RollingCap, OneMoreFitsAsSoonAsTheOldestLeaves) {
  const std::vector<absl::Time> sent = {kMonday + 2 * kDay, kMonday, kMonday + kDay};
  EXPECT_EQ(Ask(kThreeAWeek, sent, 0, kMonday + 3 * kDay).count, 3);
  EXPECT_EQ(Ask(kThreeAWeek, sent, 0, kMonday + 3 * kDay).free_at, kMonday + 7 * kDay);
  EXPECT_EQ(Ask(kThreeAWeek, sent, 0, kMonday + 7 * kDay - absl::Nanoseconds(1)).count, 3);
  EXPECT_EQ(Ask(kThreeAWeek, sent, 0, kMonday + 7 * kDay).count, 2);
}

TEST(RollingCap, WhatIsUndecidedCountsForAsLongAsItIs) {
  const absl::Time now = kMonday + kDay;
  EXPECT_EQ(Ask(kThreeAWeek, {kMonday}, 2, now).free_at, kMonday + 7 * kDay);
  EXPECT_EQ(Ask(kThreeAWeek, {kMonday}, 3, now).free_at, absl::InfiniteFuture());
  EXPECT_EQ(Ask(kThreeAWeek, {kMonday}, 1, now).free_at, now);
}

TEST(RollingCap, NoCapCoversNothing) {
  EXPECT_TRUE(kThreeAWeek.Covers(events::v1::OUTREACH_CLASS_FEEDBACK));
  EXPECT_FALSE(kThreeAWeek.Covers(events::v1::OUTREACH_CLASS_SERVICE));
  EXPECT_FALSE(RollingCap().Covers(events::v1::OUTREACH_CLASS_FEEDBACK));
}

}  // namespace
}  // namespace touchstone::outreach
