#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "touchstone/routing/state/v1/dispatcher_state.pb.h"

namespace touchstone::routing {

// A place in the line: severity first, then age, then the id, so that there are no ties. Smaller is served first.
struct LineRank {
  int severity = 0;
  absl::Time age_since;
  std::string escalation_id;

  friend bool operator==(const LineRank&, const LineRank&) = default;
  friend bool operator<(const LineRank& a, const LineRank& b) {
    if (a.severity != b.severity) return a.severity > b.severity;
    if (a.age_since != b.age_since) return a.age_since < b.age_since;
    return a.escalation_id < b.escalation_id;
  }
};

// Who is asked first: the least busy, then who was idle longest, then by name.
using FreeRank = std::tuple<int, absl::Time, std::string>;

// Work and who has it. `state` may be changed freely; then PoolState::Changed brings the indexes to it.
struct PoolWork {
  state::v1::WorkState state;

  const std::string& id() const { return state.work().escalation().id(); }

 private:
  friend class PoolState;
  // As it was indexed last.
  std::string offer_id_;
  std::string agent_id_;
  std::optional<LineRank> rank_;
  std::vector<std::string> skills_;
};

struct PoolAgent {
  state::v1::AgentState state;

  // Escalations offered to the agent, and those the agent owns: from the works, never stored twice.
  const std::set<std::string>& offered() const { return offered_; }
  const std::set<std::string>& owned() const { return owned_; }
  int in_use() const { return static_cast<int>(offered_.size() + owned_.size()); }
  // Connected, available, with a free unit.
  bool is_free() const;
  bool has_skills(const std::vector<std::string>& skills) const;

 private:
  friend class PoolState;
  std::set<std::string> offered_;
  std::set<std::string> owned_;
  std::optional<FreeRank> rank_;
};

// The skills that a piece of work asks for, in rising order, each once: the queue it stands in.
std::vector<std::string> RequiredSkills(const state::v1::WorkState& work);

// What a pool holds, with the indexes that make a decision cheap. All maps are ordered: what goes through them decides, and
// decides the same after a restore.
class PoolState {
 public:
  PoolWork& AddWork(state::v1::WorkState state);
  PoolAgent& AddAgent(state::v1::AgentState state);
  // Null if there is none. Pointers live until the part is removed.
  PoolWork* FindWork(const std::string& escalation_id);
  PoolWork* FindWorkByOffer(const std::string& offer_id);
  PoolAgent* FindAgent(const std::string& agent_id);
  const PoolWork* FindWork(const std::string& escalation_id) const;
  const PoolAgent* FindAgent(const std::string& agent_id) const;

  // After the part's state was changed.
  void Changed(PoolWork& work);
  void Changed(PoolAgent& agent);
  void RemoveWork(const std::string& escalation_id);
  // Only an agent who has nothing.
  void RemoveAgent(const std::string& agent_id);

  const std::map<std::string, PoolWork>& works() const { return works_; }
  const std::map<std::string, PoolAgent>& agents() const { return agents_; }
  // What waits, by required skills: one look at the free agents serves all of a queue.
  const std::map<std::vector<std::string>, std::set<LineRank>>& queues() const { return queues_; }
  const std::set<FreeRank>& free() const { return free_; }

 private:
  void Unindex(PoolWork& work);

  std::map<std::string, PoolWork> works_;
  std::map<std::string, PoolAgent> agents_;
  std::map<std::string, std::string> offers_;
  std::map<std::vector<std::string>, std::set<LineRank>> queues_;
  std::set<FreeRank> free_;
};

}  // namespace touchstone::routing
