#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "common/eventlog/forwarding_log.h"
#include "tools/benchmarks/kafka/rdkafka_calls.h"

namespace touchstone::benchmarks {

// What a worker's thread did, by what it was doing.
struct Stages {
  // Polling the group, restoring state.
  Spent own;
  Spent fetch;
  // Between Fetch and what follows it: the processor, the overlay, and the reads of state, which are estimated from a part.
  Spent process;
  Spent read;
  // All of Commit; of it are what `calls` has, and, the rest, the local store.
  Spent commit;
  RdkafkaCalls calls;
  int64_t records = 0;

  Stages& operator+=(const Stages& other);
  // Of commit, what is not in `calls`.
  Spent store() const { return commit - calls.produce - calls.send_positions - calls.commit_transaction; }
};

// A log seen through by one worker: passes everything on, and says where its time goes. Of one thread.
class StagedLog : public eventlog::ForwardingLog {
 public:
  // What there is to say of a member, on its thread; after the member did it.
  struct Watcher {
    std::function<void(const eventlog::OwnershipChange& change)> on_owned;
    std::function<void(const std::vector<eventlog::TaskCommit>& commits)> on_committed;
  };
  StagedLog(eventlog::EventLog& log, Watcher watcher) : ForwardingLog(log), watcher_(std::move(watcher)) {}

  absl::StatusOr<std::unique_ptr<eventlog::Member>> Join(const eventlog::TaskKind& kind,
                                                         const eventlog::MemberOptions& options) override;

  // Until now.
  const Stages& stages() const { return stages_; }

 private:
  const Watcher watcher_;
  Stages stages_;
};

}  // namespace touchstone::benchmarks
