#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/eventlog/memory/faults.h"

namespace touchstone::simulation {

// What goes wrong outside a process's calls of its log.
enum class WorldFault {
  // A process is killed between two of its steps, and comes back later.
  kProcessKilled,
  // No task is worked on for hours, while clients go on.
  kOutage,
  // A process stands still, its partitions go to others, and it goes on.
  kZombie,
  // Somebody sets a machine's clock.
  kClockHourAhead,
  kClockYearAhead,
  kClockHourBack,
  kClockYearBack,
  // The disk fills up for a while.
  kDiskIntakeStops,
  kDiskReadOnly,
  // Who reads a topic from outside does not, for a while.
  kSlowReader,
  // A desktop's stream is lost; an instance that holds desktops does not renew its lease.
  kStreamLost,
  kLeaseLapsed,
  // An agent lets an offer pass.
  kOfferMissed,
  // A touchpoint comes twice; late; and bytes that are none.
  kDuplicate,
  kLate,
  kPoison,
};
inline constexpr int kWorldFaultCount = static_cast<int>(WorldFault::kPoison) + 1;

// The names of all faults: those of the log, then those of the world.
const std::vector<std::string>& FaultNames();

struct FaultPlanOptions {
  uint64_t seed = 0;
  int64_t faults_max = std::numeric_limits<int64_t>::max();
  std::set<std::string> spared;
};

// What goes wrong, drawn from a seed of its own, so that what is taken away moves nothing else: each world has its own mixture,
// some faults often, some never. Counts what happened.
class FaultPlan : public eventlog::Faults {
 public:
  explicit FaultPlan(const FaultPlanOptions& options);

  bool Strikes(eventlog::FaultPoint point) override { return Strikes(static_cast<int>(point)); }
  bool Strikes(WorldFault fault) { return Strikes(eventlog::kFaultPointCount + static_cast<int>(fault)); }
  void Note(eventlog::FaultPoint point) override { Count(static_cast<int>(point)); }
  void Note(WorldFault fault) { Count(eventlog::kFaultPointCount + static_cast<int>(fault)); }
  // Not std::uniform_int_distribution: its results differ between libraries.
  int64_t Choose(int64_t below) override { return static_cast<int64_t>(random_() % static_cast<uint64_t>(below)); }
  void StandStill() override { stand_still_(); }

  // What is done while a process stands still.
  void OnStandStill(std::function<void()> others) { stand_still_ = std::move(others); }
  // Told of each fault that strikes.
  void OnStrike(std::function<void(absl::string_view name)> told) { told_ = std::move(told); }
  // From now on nothing goes wrong.
  void Calm() { calm_ = true; }

  const std::vector<int64_t>& hits() const { return hits_; }

 private:
  bool Strikes(int fault);
  void Count(int fault) { ++hits_[static_cast<size_t>(fault)]; }

  std::mt19937_64 random_;
  int64_t left_;
  bool calm_ = false;
  // In ten thousandths.
  std::vector<int> chances_;
  std::vector<bool> spared_;
  std::vector<int64_t> hits_;
  std::function<void()> stand_still_ = [] {};
  std::function<void(absl::string_view)> told_ = [](absl::string_view) {};
};

}  // namespace touchstone::simulation
