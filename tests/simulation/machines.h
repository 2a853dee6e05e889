#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "common/clock/virtual_clock.h"
#include "tests/simulation/fault_plan.h"
#include "tests/simulation/instance.h"

namespace touchstone::simulation {

// The processes of a world and what happens to their machines: they die and come back, stand still, are taken for dead, have
// their clocks set and their disk filled up.
class Machines {
 public:
  struct Setup {
    std::shared_ptr<eventlog::MemoryStorage> storage;
    bool has_broker = false;
    // Each process's tasks; one with none only takes in and hands out.
    std::vector<std::vector<stream::TaskDefinition>> tasks;
  };
  // All outlive it.
  Machines(Setup setup, clock::VirtualClock& world, std::mt19937_64& chance, FaultPlan& faults);

  // What goes wrong between two steps, and what comes right again.
  void Misfortunes();
  // Time passes; a clock that was set ahead is set right before anybody may believe it.
  void PassUntil(absl::Time time);
  // A round of one process's worker; a sync of one process's log.
  void StepOne();
  void SyncOne();
  // Everything that can be done now is done, and durable.
  void Settle();
  // Everything is right again, and nothing more goes wrong.
  void Recover();

  // The process that takes in and hands out; null while it is down or stands still.
  Instance* edge();
  // One that works, by chance; null if there is none at present.
  Instance* worker();
  // While a process stands still: it is taken for dead, if there is another one to go on.
  void TakeForDead();
  // No task is worked on for hours.
  bool in_outage() const { return world_.Now() < outage_until_; }

  absl::Time NextWake();
  std::vector<std::unique_ptr<Instance>>& all() { return instances_; }
  int restart_count() const;

 private:
  // What is wrong with one of them, and until when.
  struct Trouble {
    absl::Time down_until = absl::InfinitePast();
    absl::Time clock_right_at = absl::InfiniteFuture();
  };

  void SetClock(size_t machine);
  void SetClockRight(size_t machine);
  void FillDisk();
  void StartDue();
  bool CanStep(size_t machine);
  // One of those that can step, by chance; -1: none can.
  int Pick(bool works);

  const Setup setup_;
  clock::VirtualClock& world_;
  std::mt19937_64& chance_;
  FaultPlan& faults_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::vector<Trouble> troubles_;
  // The process whose call is on the stack; -1: none.
  int stepping_ = -1;
  absl::Time outage_until_ = absl::InfinitePast();
  absl::Time disk_full_until_ = absl::InfinitePast();
};

}  // namespace touchstone::simulation
