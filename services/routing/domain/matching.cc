#include "services/routing/domain/matching.h"

#include <algorithm>
#include <vector>

#include "common/clock/proto_time.h"

namespace touchstone::routing {

using clock::TimeFrom;

namespace {

const state::v1::LeftOut* FindLeftOut(const state::v1::WorkState& work, absl::string_view agent_id) {
  for (const state::v1::LeftOut& each : work.left_out()) {
    if (each.agent_id() == agent_id) return &each;
  }
  return nullptr;
}

// `skilled`: free, with all skills, who is asked first in front. Null if none is eligible.
const PoolAgent* ChooseAgent(const state::v1::WorkState& work, const std::vector<const PoolAgent*>& skilled, absl::Time now) {
  const PoolAgent* rested = nullptr;
  for (const PoolAgent* agent : skilled) {
    const state::v1::LeftOut* left_out = FindLeftOut(work, agent->state.agent_id());
    if (left_out == nullptr || TimeFrom(left_out->until_time()) <= now) return agent;
    if (rested == nullptr && TimeFrom(left_out->rest_until_time()) <= now) rested = agent;
  }
  return rested;
}

std::vector<const PoolAgent*> SkilledFree(const PoolState& pool, const std::vector<std::string>& skills) {
  std::vector<const PoolAgent*> skilled;
  for (const FreeRank& rank : pool.free()) {
    const PoolAgent* agent = pool.FindAgent(std::get<2>(rank));
    if (agent->has_skills(skills)) skilled.push_back(agent);
  }
  return skilled;
}

}  // namespace

std::optional<Pairing> NextPairing(const PoolState& pool, absl::Time now) {
  if (pool.free().empty()) return std::nullopt;
  std::optional<Pairing> best;
  const LineRank* best_rank = nullptr;
  for (const auto& [skills, ranks] : pool.queues()) {
    if (best_rank != nullptr && *best_rank < *ranks.begin()) continue;
    const std::vector<const PoolAgent*> skilled = SkilledFree(pool, skills);
    if (skilled.empty()) continue;
    for (const LineRank& rank : ranks) {
      if (best_rank != nullptr && *best_rank < rank) break;
      const PoolAgent* agent = ChooseAgent(pool.FindWork(rank.escalation_id)->state, skilled, now);
      if (agent == nullptr) continue;
      best = Pairing{.escalation_id = rank.escalation_id, .agent_id = agent->state.agent_id()};
      best_rank = &rank;
      break;
    }
  }
  return best;
}

absl::Time NextLeftOutChange(const state::v1::WorkState& work, absl::Time now) {
  absl::Time next = absl::InfiniteFuture();
  for (const state::v1::LeftOut& each : work.left_out()) {
    for (absl::Time time : {TimeFrom(each.rest_until_time()), TimeFrom(each.until_time())}) {
      if (time > now) next = std::min(next, time);
    }
  }
  return next;
}

}  // namespace touchstone::routing
