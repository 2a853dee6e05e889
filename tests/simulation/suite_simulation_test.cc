#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/strings/numbers.h"
#include "tests/simulation/world.h"

namespace touchstone::simulation {
namespace {

// TOUCHSTONE_SEEDS and TOUCHSTONE_FIRST_SEED choose others: to search longer, or to repeat one.
uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  uint64_t value = 0;
  return text != nullptr && absl::SimpleAtoi(text, &value) ? value : otherwise;
}

TEST(Suite, HoldsWhateverDies) {
  const uint64_t first = FromEnvironment("TOUCHSTONE_FIRST_SEED", 0);
  const uint64_t count = FromEnvironment("TOUCHSTONE_SEEDS", 1000);
  WorldOutcome sum;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    const WorldOutcome outcome = RunWorld(OptionsOf(seed));
    ASSERT_TRUE(outcome.violations.empty()) << "repeat with TOUCHSTONE_FIRST_SEED=" << seed
                                            << " TOUCHSTONE_SEEDS=1: " << InfoOf(outcome.violations[0].check).name << ": "
                                            << outcome.violations[0].text;
    sum.moments += outcome.moments;
    sum.escalations += outcome.escalations;
    sum.sends += outcome.sends;
    sum.restarts += outcome.restarts;
  }
  // A world in which nothing happens proves nothing.
  EXPECT_GT(sum.moments, static_cast<int64_t>(count));
  if (count >= 100) {
    EXPECT_GT(sum.escalations, static_cast<int64_t>(count / 10));
    EXPECT_GT(sum.sends, static_cast<int64_t>(count / 10));
    EXPECT_GT(sum.restarts, static_cast<int>(count));
  }
  std::printf("%lu worlds: %ld moments, %ld escalations, %ld sends, %d restarts\n", count, sum.moments, sum.escalations,
              sum.sends, sum.restarts);
}

TEST(Suite, TheSameSeedGivesTheSameTrace) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const WorldOutcome once = RunWorld(OptionsOf(seed));
    const WorldOutcome again = RunWorld(OptionsOf(seed));
    ASSERT_EQ(once.trace, again.trace) << "seed " << seed;
  }
}

}  // namespace
}  // namespace touchstone::simulation
