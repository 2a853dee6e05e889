#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/clock/believed_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/stream/worker.h"
#include "tests/simulation/machine_clock.h"

namespace touchstone::simulation {

// One process on a machine of its own, in the caller's thread: as services/process sets it up, over the memory log. It dies when
// a fault strikes it down, and comes back when it is started.
class Instance {
 public:
  struct Setup {
    std::shared_ptr<eventlog::MemoryStorage> storage;
    std::string name;
    // None: it only takes in and hands out.
    std::vector<stream::TaskDefinition> tasks;
    // Whose clock stamps what is appended: the machine's, or a broker's.
    bool broker_stamps = false;
  };

  // `world` and `faults` outlive it.
  Instance(Setup setup, const clock::Clock& world, eventlog::Faults& faults);
  // Not copied: its log points at its clock.
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  void Start();
  // Struck down between two steps.
  void Kill();
  // One round of the worker. Whether anything was done; an error of the log's ends the process, and is kept.
  bool Step();
  void Sync();
  // It looks at its clock, as a process does that lives.
  void ReadClock();
  // Buries it, if a fault has struck it down in a call of its log.
  void Notice();

  bool runs() const { return log_ != nullptr; }
  // While it runs.
  eventlog::MemoryLog& log() { return *log_; }
  // Null while it does not run, or has no tasks.
  stream::Worker* worker() { return worker_.get(); }
  MachineClock& machine() { return machine_; }
  // This life of it: `NAME#N`.
  std::string process() const;
  const std::string& name() const { return setup_.name; }
  int start_count() const { return start_count_; }
  // Each `KIND/PARTITION: WHY` that the alarm told.
  const std::vector<std::string>& alarms() const { return alarms_; }
  // Of tasks that stand still, or have something left to read.
  std::vector<stream::TaskReport> Reports();

 private:
  const Setup setup_;
  const clock::Clock& world_;
  eventlog::Faults& faults_;
  MachineClock machine_;
  int start_count_ = 0;
  std::vector<std::string> alarms_;
  std::unique_ptr<clock::BelievedClock> believed_;
  std::unique_ptr<eventlog::MemoryLog> log_;
  std::unique_ptr<stream::Worker> worker_;
};

}  // namespace touchstone::simulation
