#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/stream/processor.h"
#include "tools/benchmarks/kafka/staged_log.h"

namespace touchstone::benchmarks {

// What a process has used and done at some moment.
struct Reading {
  absl::Duration time;
  absl::Duration cpu;
  std::map<std::string, absl::Duration> threads;
  int64_t resident_bytes = 0;
  // Committed by then.
  int64_t records = 0;
};

// So many workers over one log, each in a thread of its own, as a process of the suite runs one; for tasks with one input.
class PeerWorkers {
 public:
  // `log` and `clock` outlive it. `ends`: for each partition of the input, the offset at which it counts as done.
  PeerWorkers(eventlog::EventLog& log, const clock::Clock& clock, const stream::TaskDefinition& tasks, int workers,
              std::vector<int64_t> ends);
  // Stops.
  ~PeerWorkers();

  // Blocks until all tasks run, and every worker has some. The first error ends all. DEADLINE_EXCEEDED after two minutes.
  absl::Status AwaitOwned();
  // Blocks until all is committed. DEADLINE_EXCEEDED: nothing was committed for a minute.
  absl::Status AwaitDone();

  // When all tasks had been given out last, before anything of that was processed; and when all was committed.
  Reading begin() const;
  Reading end() const;

  // Ends the threads and adds up what they did. Repeats change nothing.
  Stages Stop();

 private:
  void Run(int worker, const stream::TaskDefinition& tasks);
  absl::Status Work(int worker, eventlog::EventLog& log, const stream::TaskDefinition& tasks);
  void Owned(int worker, const eventlog::OwnershipChange& change);
  void Committed(const std::vector<eventlog::TaskCommit>& commits);
  Reading Read() const;

  eventlog::EventLog& log_;
  const clock::Clock& clock_;
  const int workers_;
  const std::vector<int64_t> ends_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::vector<size_t> owned_counts_;
  std::vector<int64_t> next_offsets_;
  bool all_owned_ = false;
  bool done_ = false;
  Reading begin_;
  Reading end_;
  Stages stages_;
  absl::Status error_;

  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace touchstone::benchmarks
