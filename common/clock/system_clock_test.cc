#include "common/clock/system_clock.h"

#include <gtest/gtest.h>

namespace touchstone::clock {
namespace {

TEST(SystemClock, ShowsTheMachinesTime) {
  const SystemClock clock;
  const absl::Time before = absl::Now();
  const absl::Time now = clock.Now();
  const absl::Time after = absl::Now();
  // Abseil estimates between readings of the kernel's clock; a millisecond is far more than it may be off.
  EXPECT_GE(now, before - absl::Milliseconds(1));
  EXPECT_LE(now, after + absl::Milliseconds(1));
}

TEST(SystemClock, MonotonicTimeRunsForward) {
  const SystemClock clock;
  const absl::Duration first = clock.Monotonic();
  absl::Duration last = first;
  for (int i = 0; i < 10'000; ++i) {
    const absl::Duration read = clock.Monotonic();
    ASSERT_GE(read, last);
    last = read;
  }
  EXPECT_GT(last, first);
}

}  // namespace
}  // namespace touchstone::clock
