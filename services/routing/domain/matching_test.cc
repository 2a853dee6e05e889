#include "services/routing/domain/matching.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"

namespace touchstone::routing {
namespace {

namespace events = touchstone::events::v1;
using clock::TimeFrom;
using clock::ToProto;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

// A pool at random: some skills, ties everywhere, some agents left out of some work.
class RandomPool {
 public:
  explicit RandomPool(int seed) : random_(seed) {
    const int agents = Below(8);
    for (int i = 0; i < agents; ++i) AddAgent(absl::StrCat("agent", i));
    const int works = Below(12);
    for (int i = 0; i < works; ++i) AddWork(absl::StrCat("customer:", i, "~x"), agents);
  }

  PoolState pool;

 private:
  int Below(int n) { return static_cast<int>(random_() % n); }

  void AddAgent(const std::string& id) {
    state::v1::AgentState agent;
    agent.set_agent_id(id);
    agent.set_status(Below(5) == 0 ? events::SESSION_STATUS_SUSPECT : events::SESSION_STATUS_CONNECTED);
    agent.set_availability(Below(5) == 0 ? events::AVAILABILITY_AWAY : events::AVAILABILITY_AVAILABLE);
    agent.set_capacity(1 + Below(3));
    for (const char* skill : {"a", "b"}) {
      if (Below(2) == 0) agent.add_skills(skill);
    }
    *agent.mutable_idle_since_time() = ToProto(kNow - absl::Seconds(Below(3)));
    pool.AddAgent(std::move(agent));
  }

  void AddWork(const std::string& id, int agents) {
    state::v1::WorkState work;
    work.mutable_work()->mutable_escalation()->set_id(id);
    work.mutable_work()->mutable_escalation()->set_severity(Below(3) * 10);
    *work.mutable_work()->mutable_age_since_time() = ToProto(kNow - absl::Seconds(Below(3)));
    for (const char* skill : {"a", "b"}) {
      if (Below(3) == 0) work.mutable_work()->mutable_escalation()->add_skills(skill);
    }
    work.set_raise(Below(2) * 20);
    for (int i = 0; i < agents; ++i) {
      if (Below(3) > 0) continue;
      state::v1::LeftOut& left_out = *work.add_left_out();
      left_out.set_agent_id(absl::StrCat("agent", i));
      *left_out.mutable_rest_until_time() = ToProto(kNow + absl::Seconds(Below(3) - 1));
      *left_out.mutable_until_time() = ToProto(kNow + absl::Seconds(Below(3)));
    }
    work.set_status(state::v1::WORK_STATUS_WAITING);
    if (agents > 0 && Below(4) == 0) {
      work.set_status(state::v1::WORK_STATUS_ASSIGNED);
      work.set_agent_id(absl::StrCat("agent", Below(agents)));
    }
    pool.AddWork(std::move(work));
  }

  std::mt19937 random_;
};

// The rule as words say it, over everything there is: no index, no order, no early end.
std::optional<Pairing> BruteForce(const PoolState& pool, absl::Time now) {
  auto in_use = [&](const std::string& agent_id) {
    int count = 0;
    for (const auto& [id, work] : pool.works()) {
      count += work.state.status() != state::v1::WORK_STATUS_WAITING && work.state.agent_id() == agent_id;
    }
    return count;
  };
  auto could = [&](const state::v1::AgentState& agent, const state::v1::WorkState& work) {
    if (agent.status() != events::SESSION_STATUS_CONNECTED || agent.availability() != events::AVAILABILITY_AVAILABLE)
      return false;
    if (in_use(agent.agent_id()) >= agent.capacity()) return false;
    for (const std::string& skill : work.work().escalation().skills()) {
      if (std::count(agent.skills().begin(), agent.skills().end(), skill) == 0) return false;
    }
    return true;
  };
  auto left_out_of = [&](const std::string& agent_id, const state::v1::WorkState& work) -> const state::v1::LeftOut* {
    for (const state::v1::LeftOut& each : work.left_out()) {
      if (each.agent_id() == agent_id && TimeFrom(each.until_time()) > now) return &each;
    }
    return nullptr;
  };
  using Choice = std::tuple<int, absl::Time, std::string, bool, int, absl::Time, std::string>;
  std::optional<Choice> best;
  for (const auto& [id, work] : pool.works()) {
    if (work.state.status() != state::v1::WORK_STATUS_WAITING) continue;
    for (const auto& [agent_id, agent] : pool.agents()) {
      if (!could(agent.state, work.state)) continue;
      const state::v1::LeftOut* left_out = left_out_of(agent_id, work.state);
      if (left_out != nullptr && TimeFrom(left_out->rest_until_time()) > now) continue;
      const int severity = std::min(100, work.state.work().escalation().severity() + work.state.raise());
      const Choice choice(-severity, TimeFrom(work.state.work().age_since_time()), id, left_out != nullptr, in_use(agent_id),
                          TimeFrom(agent.state.idle_since_time()), agent_id);
      if (!best.has_value() || choice < *best) best = choice;
    }
  }
  if (!best.has_value()) return std::nullopt;
  return Pairing{.escalation_id = std::get<2>(*best), .agent_id = std::get<6>(*best)};
}

std::string TextOf(const std::optional<Pairing>& pairing) {
  return pairing.has_value() ? absl::StrCat(pairing->escalation_id, " to ", pairing->agent_id) : "nothing";
}

TEST(Matching, EachChoiceIsTheOneABruteForceSearchMakes) {
  int choices = 0;
  for (int seed = 0; seed < 5'000; ++seed) {
    RandomPool random(seed);
    while (true) {
      const std::optional<Pairing> expected = BruteForce(random.pool, kNow);
      const std::optional<Pairing> actual = NextPairing(random.pool, kNow);
      ASSERT_EQ(TextOf(actual), TextOf(expected)) << "seed " << seed;
      if (!actual.has_value()) break;
      ++choices;
      PoolWork& work = *random.pool.FindWork(actual->escalation_id);
      work.state.set_status(state::v1::WORK_STATUS_OFFERED);
      work.state.set_agent_id(actual->agent_id);
      work.state.mutable_offer()->set_id(absl::StrCat("offer", choices));
      random.pool.Changed(work);
    }
  }
  EXPECT_GT(choices, 5'000) << "the pools are too poor to show anything";
}

TEST(Matching, TheTimeWhenWhoIsLeftOutChangesIsKnown) {
  state::v1::WorkState work;
  EXPECT_EQ(NextLeftOutChange(work, kNow), absl::InfiniteFuture());
  state::v1::LeftOut& left_out = *work.add_left_out();
  *left_out.mutable_rest_until_time() = ToProto(kNow + absl::Seconds(10));
  *left_out.mutable_until_time() = ToProto(kNow + absl::Minutes(2));
  EXPECT_EQ(NextLeftOutChange(work, kNow), kNow + absl::Seconds(10));
  EXPECT_EQ(NextLeftOutChange(work, kNow + absl::Seconds(10)), kNow + absl::Minutes(2));
}

}  // namespace
}  // namespace touchstone::routing
