#pragma once

#include <memory>
#include <string>

#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/eventlog/memory/faults.h"

namespace touchstone::eventlog {

// What outlives a process that dies: topics, states, positions, groups. Thread-safe.
class MemoryStorage;

enum class Durability {
  // Everything is durable when it returns.
  kAtOnce,
  // As the embedded log: one order of all writes; what Sync() has not covered is lost from some point on when the process
  // crashes; Fetch sees it before, tails do not.
  kOnSync,
  // As Kafka: commits are durable when they return; of appends not yet covered by Sync() each partition keeps some beginning
  // when the process crashes; nobody sees them before.
  kBroker,
};

std::shared_ptr<MemoryStorage> MakeMemoryStorage(TopicCatalog topics, Durability durability);

// One process's log over a storage. Single-threaded use with `faults`; without, as thread-safe as any log.
//
// A crash that `faults` ordered shows as CANCELLED from the call it struck and from all later ones: the caller destroys
// everything that stands for the process, calls Crash(), and opens anew.
class MemoryLog : public EventLog {
 public:
  // `clock` (and `faults`, which may be null) outlive the log. `process` tells processes of one storage apart.
  static std::unique_ptr<MemoryLog> Open(std::shared_ptr<MemoryStorage> storage, const clock::Clock& clock, std::string process,
                                         Faults* faults = nullptr);

  // Makes what was written so far durable, and then says so to whom it concerns.
  virtual absl::Status Sync() = 0;
  // The process dies: what is not durable may be lost, whoever waits hears nothing, its members leave their groups.
  virtual void Crash() = 0;
  // Whether a fault has struck it down.
  virtual bool crashed() const = 0;
};

}  // namespace touchstone::eventlog
