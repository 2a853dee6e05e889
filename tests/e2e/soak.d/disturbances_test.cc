#include "tests/e2e/soak.d/disturbances.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"

namespace touchstone::e2e {
namespace {

using Kind = Disturbance::Kind;

int KillsOf(const Disturbance& disturbance) {
  const bool twice = disturbance.kind == Kind::kKillWhileStarting;
  return twice ? 2 : disturbance.kind == Kind::kRestart || disturbance.kind == Kind::kTakeover ? 1 : 0;
}

TEST(Disturbances, EverybodyHasATurnAndTheKillsAreAsMany) {
  for (int kills = 8; kills < 120; ++kills) {
    std::map<std::string, int> killed, stopped;
    std::map<std::pair<Api, AnswerFault::Kind>, int> answers;
    int sum = 0;
    for (const Disturbance& one : PlanDisturbances({.seed = 3, .kills = kills})) {
      sum += KillsOf(one);
      if (KillsOf(one) > 0) ++killed[absl::StrCat(one.service, "-", one.number)];
      if (one.kind == Kind::kZombie) ++stopped[one.service];
      if (one.kind == Kind::kAnswer) ++answers[{one.api, one.fault.kind}];
    }
    EXPECT_EQ(sum, kills);
    EXPECT_EQ(killed.size(), 8u) << kills;
    EXPECT_EQ(stopped.size(), 4u) << kills;
    EXPECT_EQ(answers.size(), 2 * std::size(kFaultyApis)) << kills;
  }
}

TEST(Disturbances, BrokersAreKilledInTurn) {
  std::map<Kind, int> counts;
  for (const Disturbance& one : PlanDisturbances({.seed = 3, .kills = 15, .broker_kills = 20})) ++counts[one.kind];
  EXPECT_EQ(counts[Kind::kCoordinator], 10);
  EXPECT_EQ(counts[Kind::kLeader], 10);
}

TEST(Disturbances, ASeedIsAnOrder) {
  const auto text = [](uint64_t seed) {
    std::string words;
    for (const Disturbance& one : PlanDisturbances({.seed = seed}))
      absl::StrAppend(&words, NameOf(one.kind), one.service, one.number, " ");
    return words;
  };
  EXPECT_EQ(text(1), text(1));
  EXPECT_NE(text(1), text(2));
}

}  // namespace
}  // namespace touchstone::e2e
