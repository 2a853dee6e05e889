#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/clock/virtual_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/eventlog/memory/seeded_faults.h"
#include "common/stream/worker.h"

namespace touchstone::simulation {

// The whole suite's tasks as the retail pack sets them up. Reads deploy/packs.
std::vector<stream::TaskDefinition> SuiteTasks();

// A process that runs the whole suite's tasks over a storage, in the caller's thread, and comes back when a fault has struck
// it down.
class SuiteProcess {
 public:
  // All outlive the process; `faults` may be null.
  SuiteProcess(std::shared_ptr<eventlog::MemoryStorage> storage, std::string name, const clock::Clock& clock,
               eventlog::Faults* faults, std::vector<stream::TaskDefinition> tasks);

  // One round of the worker. Returns whether anything was done.
  bool Step();
  void Sync();
  // Everything that can be done now is done, and durable.
  void Settle();

  eventlog::MemoryLog& log() { return *log_; }
  absl::Time NextWake() const { return worker_->NextWake(); }
  // Why tasks stand still; empty: none does.
  std::vector<std::string> Stopped();
  int restart_count() const { return start_count_ - 1; }

 private:
  void Start();
  void Restart();

  const std::shared_ptr<eventlog::MemoryStorage> storage_;
  const std::string name_;
  const clock::Clock& clock_;
  eventlog::Faults* const faults_;
  const std::vector<stream::TaskDefinition> tasks_;
  int start_count_ = 0;
  std::unique_ptr<eventlog::MemoryLog> log_;
  std::unique_ptr<stream::Worker> worker_;
};

}  // namespace touchstone::simulation
