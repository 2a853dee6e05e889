#include "services/routing/domain/pool_state.h"

#include <algorithm>
#include <utility>

#include "common/clock/proto_time.h"
#include "common/status/invariant.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;

bool PoolAgent::is_free() const {
  return state.status() == events::SESSION_STATUS_CONNECTED && state.availability() == events::AVAILABILITY_AVAILABLE &&
         in_use() < state.capacity();
}

bool PoolAgent::has_skills(const std::vector<std::string>& skills) const {
  return std::all_of(skills.begin(), skills.end(), [this](const std::string& skill) {
    return std::find(state.skills().begin(), state.skills().end(), skill) != state.skills().end();
  });
}

std::vector<std::string> RequiredSkills(const state::v1::WorkState& work) {
  std::vector<std::string> skills(work.work().escalation().skills().begin(), work.work().escalation().skills().end());
  std::sort(skills.begin(), skills.end());
  skills.erase(std::unique(skills.begin(), skills.end()), skills.end());
  return skills;
}

PoolWork& PoolState::AddWork(state::v1::WorkState state) {
  PoolWork& work = works_[state.work().escalation().id()];
  work.state = std::move(state);
  Changed(work);
  return work;
}

PoolAgent& PoolState::AddAgent(state::v1::AgentState state) {
  PoolAgent& agent = agents_[state.agent_id()];
  agent.state = std::move(state);
  Changed(agent);
  return agent;
}

PoolWork* PoolState::FindWork(const std::string& escalation_id) {
  auto found = works_.find(escalation_id);
  return found == works_.end() ? nullptr : &found->second;
}

PoolWork* PoolState::FindWorkByOffer(const std::string& offer_id) {
  auto found = offers_.find(offer_id);
  return found == offers_.end() ? nullptr : FindWork(found->second);
}

PoolAgent* PoolState::FindAgent(const std::string& agent_id) {
  auto found = agents_.find(agent_id);
  return found == agents_.end() ? nullptr : &found->second;
}

const PoolWork* PoolState::FindWork(const std::string& escalation_id) const {
  return const_cast<PoolState*>(this)->FindWork(escalation_id);
}

const PoolAgent* PoolState::FindAgent(const std::string& agent_id) const {
  return const_cast<PoolState*>(this)->FindAgent(agent_id);
}

void PoolState::Unindex(PoolWork& work) {
  if (!work.agent_id_.empty()) {
    PoolAgent& agent = agents_[work.agent_id_];
    agent.offered_.erase(work.id());
    agent.owned_.erase(work.id());
    Changed(agent);
    work.agent_id_.clear();
  }
  if (!work.offer_id_.empty()) offers_.erase(std::exchange(work.offer_id_, {}));
  if (work.rank_.has_value()) {
    auto queue = queues_.find(work.skills_);
    queue->second.erase(*work.rank_);
    if (queue->second.empty()) queues_.erase(queue);
    work.rank_.reset();
  }
}

void PoolState::Changed(PoolWork& work) {
  Unindex(work);
  const state::v1::WorkState& state = work.state;
  if (state.status() == state::v1::WORK_STATUS_WAITING) {
    work.skills_ = RequiredSkills(state);
    work.rank_ = LineRank{.severity = std::min(100, state.work().escalation().severity() + state.raise()),
                          .age_since = clock::TimeFrom(state.work().age_since_time()),
                          .escalation_id = work.id()};
    queues_[work.skills_].insert(*work.rank_);
    return;
  }
  work.agent_id_ = state.agent_id();
  PoolAgent& agent = agents_[work.agent_id_];
  if (state.status() == state::v1::WORK_STATUS_OFFERED) {
    work.offer_id_ = state.offer().id();
    offers_[work.offer_id_] = work.id();
    agent.offered_.insert(work.id());
  } else {
    agent.owned_.insert(work.id());
  }
  Changed(agent);
}

void PoolState::Changed(PoolAgent& agent) {
  if (agent.rank_.has_value()) free_.erase(*agent.rank_);
  agent.rank_.reset();
  if (!agent.is_free()) return;
  agent.rank_ = FreeRank(agent.in_use(), clock::TimeFrom(agent.state.idle_since_time()), agent.state.agent_id());
  free_.insert(*agent.rank_);
}

void PoolState::RemoveWork(const std::string& escalation_id) {
  auto found = works_.find(escalation_id);
  if (found == works_.end()) return;
  Unindex(found->second);
  works_.erase(found);
}

void PoolState::RemoveAgent(const std::string& agent_id) {
  auto found = agents_.find(agent_id);
  if (found == agents_.end()) return;
  INVARIANT(found->second.in_use() == 0, "an agent who has work is not forgotten");
  if (found->second.rank_.has_value()) free_.erase(*found->second.rank_);
  agents_.erase(found);
}

}  // namespace touchstone::routing
