#pragma once

#include <memory>
#include <string>
#include <vector>

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
  // crashes, a torn write as a whole; Fetch sees it before, tails do not.
  kOnSync,
  // As Kafka: commits are durable when they return; of appends not yet covered by Sync() each partition keeps some beginning
  // when the process crashes, so that an append over several may be there in part, and a later one without an earlier one;
  // nobody sees them before.
  kBroker,
};

// What has become durable at once: an append, or what one commit of a process holds.
struct DurableWrite {
  struct Task {
    std::string kind;
    int32_t partition = 0;
    // The inputs that moved on.
    std::vector<InputPosition> positions;
  };
  struct Item {
    Position position;
    const Record* record = nullptr;
    // Which of `tasks` wrote it; -1: it was appended.
    int task = -1;
  };
  // Empty: an append.
  std::vector<Task> tasks;
  std::vector<Item> items;
};

// Told of each write when it has become durable, in the order of writing, under the storage's lock: it must not call back.
class DurableWatcher {
 public:
  virtual ~DurableWatcher() = default;
  virtual void OnDurable(const DurableWrite& write) = 0;
};

// How full the disk is, as the embedded log has it.
enum class DiskSpace {
  kEnough,
  // Appends are refused; commits go on.
  kIntakeStops,
  // Commits, too.
  kReadOnly,
};

std::shared_ptr<MemoryStorage> MakeMemoryStorage(TopicCatalog topics, Durability durability);
// `watcher` outlives the storage, or is taken off with null.
void Watch(MemoryStorage& storage, DurableWatcher* watcher);
void SetDiskSpace(MemoryStorage& storage, DiskSpace space);
// The group takes this process (see MemoryLog::Open) for dead: its members' partitions go to others. It may live all the same.
void Expel(MemoryStorage& storage, absl::string_view process);

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
