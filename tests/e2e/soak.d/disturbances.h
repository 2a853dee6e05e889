#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/e2e/soak.d/answer_faults.h"

namespace touchstone::e2e {

// One thing that is done to a running deployment.
struct Disturbance {
  enum class Kind {
    // Killed, and started again at once: it keeps its tasks.
    kRestart,
    // Killed, started, and killed once more before it is itself again: two kills.
    kKillWhileStarting,
    // Killed, and started again when the other instance has taken over.
    kTakeover,
    // Stopped until the other instance has taken over, then continued.
    kZombie,
    // An answer of a broker's is cut or delayed.
    kAnswer,
    // A broker is killed: the one that coordinates some transactions, or one that leads; started again after a while.
    kCoordinator,
    kLeader,
  };
  Kind kind = Kind::kRestart;
  std::string service;
  int number = 1;
  Api api = Api::kProduce;
  AnswerFault fault;
  // Before it, and within it where it takes time.
  absl::Duration pause;
};

struct PlanOptions {
  uint64_t seed = 1;
  int kills = 15;
  // 0: on one broker.
  int broker_kills = 0;
};

// All that is done to one run, in order: `kills` of service processes, each of them in its turn; zombies and faulty answers in
// proportion, but of each at least one. The same options give the same plan.
std::vector<Disturbance> PlanDisturbances(const PlanOptions& options);

// For people: `restart`, `takeover`.
std::string NameOf(Disturbance::Kind kind);

}  // namespace touchstone::e2e
