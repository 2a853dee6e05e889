#include "tests/e2e/soak.d/disturbances.h"

#include <algorithm>
#include <random>
#include <utility>

namespace touchstone::e2e {
namespace {

using Kind = Disturbance::Kind;

constexpr const char* kServices[] = {"classification", "routing", "outreach", "ingestion"};
constexpr int kInstances = 2;
constexpr int64_t kPauseMsMax = 500;
constexpr int64_t kStartingMsMax = 1500;
constexpr int64_t kDelayMsMin = 50;
constexpr int64_t kDelayMsMax = 3000;
// Beyond what the brokers' clients wait for the end of a transaction: one in so many.
constexpr int64_t kLongDelayMs = 12'000;
constexpr int kLongDelayEvery = 6;

class Planner {
 public:
  explicit Planner(const PlanOptions& options) : options_(options), random_(options.seed) {}

  std::vector<Disturbance> Plan() {
    AddKills();
    AddZombies();
    AddAnswers();
    for (int i = 0; i < options_.broker_kills; ++i) Add(i % 2 == 0 ? Kind::kCoordinator : Kind::kLeader, 0, 1);
    std::shuffle(plan_.begin(), plan_.end(), random_);
    return std::move(plan_);
  }

 private:
  int64_t Below(int64_t limit) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(limit)); }

  Disturbance& Add(Kind kind, size_t service, int number) {
    Disturbance& added = plan_.emplace_back();
    added.kind = kind;
    added.service = kServices[service];
    added.number = number;
    added.pause = absl::Milliseconds(Below(kind == Kind::kKillWhileStarting ? kStartingMsMax : kPauseMsMax));
    return added;
  }

  void AddKills() {
    for (int killed = 0, i = 0; killed < options_.kills; ++i) {
      const size_t service = static_cast<size_t>(i) % std::size(kServices);
      const bool keeps_tasks = service < std::size(kServices) - 1;
      Kind kind = i % 3 == 2 && keeps_tasks ? Kind::kTakeover : Kind::kRestart;
      // Once every instance has had its turn.
      const bool all_had = i >= static_cast<int>(std::size(kServices)) * kInstances;
      if (all_had && i % 3 == 1 && killed + 2 <= options_.kills) kind = Kind::kKillWhileStarting;
      Add(kind, service, 1 + i / static_cast<int>(std::size(kServices)) % kInstances);
      killed += kind == Kind::kKillWhileStarting ? 2 : 1;
    }
  }

  void AddZombies() {
    const int zombies = std::max(static_cast<int>(std::size(kServices)), options_.kills / 5);
    for (int i = 0; i < zombies; ++i)
      Add(Kind::kZombie, static_cast<size_t>(i) % std::size(kServices), 1 + static_cast<int>(Below(kInstances)));
  }

  void AddAnswers() {
    const int rounds = std::max(2, options_.kills / 10);
    for (int round = 0; round < rounds; ++round) {
      for (const Api api : kFaultyApis) {
        for (const AnswerFault::Kind fault : {AnswerFault::Kind::kCut, AnswerFault::Kind::kDelay}) {
          Disturbance& added = Add(Kind::kAnswer, 0, 1);
          added.api = api;
          added.fault.kind = fault;
          const bool is_long = Below(kLongDelayEvery) == 0;
          added.fault.delay = absl::Milliseconds(is_long ? kLongDelayMs : kDelayMsMin + Below(kDelayMsMax - kDelayMsMin));
        }
      }
    }
  }

  const PlanOptions options_;
  std::mt19937_64 random_;
  std::vector<Disturbance> plan_;
};

}  // namespace

std::vector<Disturbance> PlanDisturbances(const PlanOptions& options) { return Planner(options).Plan(); }

std::string NameOf(Kind kind) {
  switch (kind) {
    case Kind::kRestart:
      return "restart";
    case Kind::kKillWhileStarting:
      return "kill while starting";
    case Kind::kTakeover:
      return "takeover";
    case Kind::kZombie:
      return "zombie";
    case Kind::kAnswer:
      return "answer";
    case Kind::kCoordinator:
      return "coordinator";
    case Kind::kLeader:
      return "leader";
  }
  return "?";
}

}  // namespace touchstone::e2e
