#include "tests/e2e/soak.d/commit_monitor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/task_positions.h"
#include "common/status/macros.h"

namespace touchstone::e2e {
namespace {

constexpr int kReadMax = 5000;
constexpr absl::Duration kLookEvery = absl::Milliseconds(20);

}  // namespace

absl::StatusOr<std::unique_ptr<CommitMonitor>> CommitMonitor::Start(eventlog::EventLog& log,
                                                                    const std::vector<std::string>& kinds,
                                                                    const clock::Clock& clock) {
  std::unique_ptr<CommitMonitor> monitor(new CommitMonitor(log, clock));
  for (const std::string& kind : kinds) {
    ASSIGN_OR_RETURN(monitor->tails_[kind],
                     log.OpenTail(absl::StrCat(kind, ".state"), {.from = eventlog::TailStart::From::kBegin}));
  }
  monitor->thread_ = std::thread([monitor = monitor.get()] { monitor->Run(); });
  return monitor;
}

CommitMonitor::~CommitMonitor() {
  stop_.Notify();
  if (thread_.joinable()) thread_.join();
}

void CommitMonitor::Run() {
  while (!stop_.HasBeenNotified()) {
    for (const auto& [kind, tail] : tails_) Take(kind, *tail);
    stop_.WaitForNotificationWithTimeout(kLookEvery);
  }
}

void CommitMonitor::Take(const std::string& kind, eventlog::Tail& tail) {
  const auto records = tail.Read(kReadMax);
  if (!records.ok()) return;
  const absl::Time now = clock_.Now();
  absl::MutexLock lock(&mutex_);
  for (const eventlog::TailRecord& record : *records) {
    if (record.record.key != eventlog::kafka::kPositionsKey) continue;
    const auto positions = eventlog::kafka::DecodePositions(record.record.value);
    if (!positions.ok()) continue;
    TaskCommits& task = commits_[{kind, record.partition}];
    TaskCommits::Commit commit{now, std::vector<int64_t>(task.inputs.size())};
    for (const auto& [topic, offset] : *positions) {
      const auto known = std::find(task.inputs.begin(), task.inputs.end(), topic);
      const size_t column = static_cast<size_t>(known - task.inputs.begin());
      if (known == task.inputs.end()) {
        task.inputs.push_back(topic);
        commit.positions.push_back(0);
      }
      commit.positions[column] = offset;
    }
    task.commits.push_back(std::move(commit));
  }
}

std::optional<absl::Time> CommitMonitor::FirstAfter(const std::set<TaskName>& tasks, absl::Time since) const {
  absl::MutexLock lock(&mutex_);
  std::optional<absl::Time> first;
  for (const TaskName& name : tasks) {
    const auto task = commits_.find(name);
    if (task == commits_.end()) continue;
    const auto next = std::partition_point(task->second.commits.begin(), task->second.commits.end(),
                                           [&](const TaskCommits::Commit& commit) { return commit.seen <= since; });
    if (next != task->second.commits.end() && (!first.has_value() || next->seen < *first)) first = next->seen;
  }
  return first;
}

int64_t CommitMonitor::commit_count() const {
  absl::MutexLock lock(&mutex_);
  int64_t count = 0;
  for (const auto& [name, task] : commits_) count += static_cast<int64_t>(task.commits.size());
  return count;
}

std::map<TaskName, TaskCommits> CommitMonitor::commits() const {
  absl::MutexLock lock(&mutex_);
  return commits_;
}

}  // namespace touchstone::e2e
