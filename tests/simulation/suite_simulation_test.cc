#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/simulation/shrink.h"
#include "tests/simulation/suite_tasks.h"
#include "tests/simulation/world.h"

namespace touchstone::simulation {
namespace {

// A short look; .ci/run gives it minutes, and tests/simulation/run as long as one likes.
constexpr uint64_t kSeeds = 120;

TEST(Suite, HoldsWhateverGoesWrong) {
  WorldOutcome sum;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const WorldOutcome outcome = RunWorld(OptionsOf(seed));
    ASSERT_TRUE(outcome.violations.empty()) << "tests/simulation/run --seed " << seed << ": "
                                            << InfoOf(outcome.violations[0].check).name << ": " << outcome.violations[0].text;
    sum.moments += outcome.moments;
    sum.escalations += outcome.escalations;
    sum.sends += outcome.sends;
    sum.restarts += outcome.restarts;
  }
  // Worlds in which nothing happens prove nothing.
  EXPECT_GT(sum.moments, static_cast<int64_t>(kSeeds));
  EXPECT_GT(sum.escalations, static_cast<int64_t>(kSeeds / 4));
  EXPECT_GT(sum.sends, static_cast<int64_t>(kSeeds / 4));
  EXPECT_GT(sum.restarts, static_cast<int>(kSeeds));
}

TEST(Suite, TheSameSeedGivesTheSameTrace) {
  std::set<uint64_t> traces;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const uint64_t trace = RunWorld(OptionsOf(seed)).trace;
    EXPECT_EQ(trace, RunWorld(OptionsOf(seed)).trace) << "seed " << seed;
    traces.insert(trace);
  }
  EXPECT_EQ(traces.size(), 10U) << "other seeds give other traces";
}

TEST(Suite, EveryCheckHasANameOfItsOwn) {
  std::set<std::string> names;
  for (const CheckInfo& check : AllChecks()) names.insert(std::string(check.name));
  EXPECT_EQ(names.size(), static_cast<size_t>(kCheckCount));
}

// A suite without its gate: what was intended is never decided.
TEST(Suite, AFailureIsMadeSmallAndCanBeRepeated) {
  WorldOptions options;
  WorldOutcome failed;
  for (uint64_t seed = 0; seed < kSeeds && failed.violations.empty(); ++seed) {
    options = OptionsOf(seed);
    options.make_tasks = [] {
      std::vector<stream::TaskDefinition> tasks = SuiteTasks();
      tasks.pop_back();
      return tasks;
    };
    failed = RunWorld(options);
  }
  ASSERT_FALSE(failed.violations.empty());
  EXPECT_EQ(InfoOf(failed.violations[0].check).name, "outreach-decided");
  const WorldOptions shrunk = Shrunk(options, failed, 40);
  EXPECT_LE(shrunk.faults_max, 1) << ArgumentsOf(shrunk);
  const WorldOutcome again = RunWorld(shrunk);
  ASSERT_FALSE(again.violations.empty());
  EXPECT_EQ(again.violations[0].check, failed.violations[0].check);
  EXPECT_LE(again.customers.size(), failed.customers.size());
}

}  // namespace
}  // namespace touchstone::simulation
