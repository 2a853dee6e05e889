#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "tests/e2e/soak.d/fleet.h"

namespace touchstone::e2e {

// The commits of one task, as they became visible to a reader of committed records.
struct TaskCommits {
  struct Commit {
    absl::Time seen;
    // The next offset of each of `inputs`.
    std::vector<int64_t> positions;
  };
  std::vector<std::string> inputs;
  std::vector<Commit> commits;
};

// Reads every changelog as it is written, on a thread of its own, and notes when a task's position moved on: each unit of work
// writes it. What is not visible has not happened.
class CommitMonitor {
 public:
  // `log` and `clock` outlive it.
  static absl::StatusOr<std::unique_ptr<CommitMonitor>> Start(eventlog::EventLog& log, const std::vector<std::string>& kinds,
                                                              const clock::Clock& clock);
  ~CommitMonitor();

  // When one of these tasks first committed after `since`.
  std::optional<absl::Time> FirstAfter(const std::set<TaskName>& tasks, absl::Time since) const;
  int64_t commit_count() const;
  std::map<TaskName, TaskCommits> commits() const;

 private:
  CommitMonitor(eventlog::EventLog& log, const clock::Clock& clock) : log_(log), clock_(clock) {}
  void Run();
  void Take(const std::string& kind, eventlog::Tail& tail);

  eventlog::EventLog& log_;
  const clock::Clock& clock_;
  std::map<std::string, std::unique_ptr<eventlog::Tail>> tails_;
  mutable absl::Mutex mutex_;
  std::map<TaskName, TaskCommits> commits_ ABSL_GUARDED_BY(mutex_);
  absl::Notification stop_;
  std::thread thread_;
};

}  // namespace touchstone::e2e
