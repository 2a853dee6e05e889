#include "common/stream/worker.h"

#include <utility>

#include "common/status/errors.h"
#include "common/status/macros.h"

namespace touchstone::stream {

Worker::Worker(eventlog::EventLog& log, const clock::Clock& clock, std::vector<TaskDefinition> definitions, WorkerOptions options)
    : log_(log), clock_(clock), options_(std::move(options)) {
  for (TaskDefinition& definition : definitions) groups_.push_back({std::move(definition)});
}

Worker::~Worker() { Close(); }

void Worker::Close() {
  std::deque<WaitingRead> reads;
  std::vector<ReportDone> report_requests;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    reads.swap(arrived_);
    report_requests.swap(report_requests_);
  }
  for (WaitingRead& read : waiting_) reads.push_back(std::move(read));
  waiting_.clear();
  for (ReportDone& request : report_requests) std::move(request)(absl::UnavailableError("the tasks of this process have ended"));
  for (WaitingRead& read : reads) std::move(read.done)(Unreadable(read.ask.kind, read.ask.partition, "has stopped"));
}

absl::StatusOr<bool> Worker::Step() {
  bool did_anything = false;
  for (Group& group : groups_) {
    absl::StatusOr<bool> did = Round(group);
    if (!did.ok()) {
      RETURN_IF_ERROR(Recover(group, did.status()));
      did_anything = true;
    } else {
      did_anything |= *did;
    }
    TellRuns(group);
    TellOwned(group);
  }
  did_anything |= AnswerReads();
  return did_anything;
}

absl::StatusOr<bool> Worker::Round(Group& group) {
  if (group.member == nullptr) {
    if (clock_.Now() < group.join_time) return false;
    RETURN_IF_ERROR(Join(group));
  }
  ASSIGN_OR_RETURN(eventlog::OwnershipChange change, group.member->PollOwnership());
  for (int partition : change.lost) group.owned.erase(partition);
  for (int partition : change.gained) group.owned[partition] = Owned{};
  group.settled = change.settled;
  Restart(group);
  ASSIGN_OR_RETURN(std::vector<eventlog::TaskCommit> commits, Process(group));
  if (commits.empty()) {
    GotThrough(group);
    return !change.gained.empty() || !change.lost.empty();
  }
  ASSIGN_OR_RETURN(last_commit_, group.member->Commit(std::move(commits)));
  GotThrough(group);
  group.committed_since_abort = true;
  for (auto& [partition, owned] : group.owned) {
    if (owned.task != nullptr) owned.clock = owned.task->clock();
  }
  return true;
}

void Worker::GotThrough(Group& group) {
  // Whose restore fails again has not been through anything.
  if (group.settled) group.left.clear();
  for (auto& [partition, owned] : group.owned) {
    if (owned.task == nullptr) continue;
    owned.stopped.clear();
    owned.alarm = false;
  }
}

absl::Status Worker::Join(Group& group) {
  ASSIGN_OR_RETURN(group.member, log_.Join(group.definition.kind, options_.member));
  return absl::OkStatus();
}

void Worker::TellRuns(Group& group) const {
  bool runs = group.member != nullptr && group.settled && group.left.empty();
  for (const auto& [partition, owned] : group.owned) runs = runs && !owned.alarm;
  // At the beginning nothing runs, and nobody needs to be told.
  if (group.told_runs.value_or(false) == runs) return;
  group.told_runs = runs;
  if (options_.on_runs) options_.on_runs(group.definition.kind.name, runs);
}

void Worker::TellOwned(Group& group) const {
  std::vector<int> owned;
  for (const auto& [partition, task] : group.owned) owned.push_back(partition);
  if (owned == group.told_owned) return;
  if (options_.on_owned) options_.on_owned(group.definition.kind.name, owned);
  group.told_owned = std::move(owned);
}

// Starts those that do not stand still for good.
void Worker::Restart(Group& group) {
  for (auto& [partition, owned] : group.owned) {
    if (owned.task != nullptr || clock_.Now() < owned.restart_time) continue;
    absl::StatusOr<std::unique_ptr<Task>> task = Task::Start(group.definition, partition, group.member->State(partition));
    if (!task.ok()) {
      Stop(group, partition, task.status());
      continue;
    }
    owned.task = *std::move(task);
    owned.readable = false;
    owned.clock = owned.task->clock();
  }
}

absl::StatusOr<std::vector<eventlog::TaskCommit>> Worker::Process(Group& group) {
  std::vector<eventlog::TaskCommit> commits;
  for (auto& [partition, owned] : group.owned) {
    if (owned.task == nullptr) continue;
    // Before the fetch: what was appended before this time is then among what is fetched.
    const absl::Time wall = clock_.Now();
    eventlog::FetchLimits limits = options_.limits.fetch;
    // Only timers wait for it.
    limits.wants_complete = owned.task->NextTimer() <= wall;
    ASSIGN_OR_RETURN(std::vector<eventlog::InputBatch> inputs, group.member->Fetch(partition, limits));
    absl::StatusOr<bool> did = owned.task->Process(inputs, wall, options_.limits);
    if (!did.ok()) {
      Stop(group, partition, did.status());
      continue;
    }
    if (*did) commits.push_back(owned.task->TakeCommit());
  }
  return commits;
}

void Worker::Stop(Group& group, int partition, const absl::Status& why) {
  Owned& owned = group.owned[partition];
  const bool is_news = !owned.alarm || owned.stopped != why.message();
  owned.task = nullptr;
  owned.readable = false;
  owned.stopped = std::string(why.message());
  owned.alarm = true;
  // A record of an inbox that cannot be applied, or state that cannot be read, does not mend by itself.
  owned.restart_time = absl::IsDataLoss(why) ? absl::InfiniteFuture() : clock_.Now() + options_.restart_delay;
  if (is_news && options_.on_stopped) options_.on_stopped(group.definition.kind.name, partition, why);
}

absl::Status Worker::Recover(Group& group, const absl::Status& error) {
  switch (error.code()) {
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kResourceExhausted: {
      // Once; what is aborted again without a commit in between will be aborted for ever, and must not spin.
      const bool at_once = absl::IsAborted(error) && std::exchange(group.committed_since_abort, false);
      for (auto& [partition, owned] : group.owned) {
        if (owned.task == nullptr) continue;
        owned.task = nullptr;
        owned.readable = true;
        owned.stopped = std::string(error.message());
        owned.restart_time = at_once ? absl::InfinitePast() : clock_.Now() + options_.restart_delay;
      }
      return absl::OkStatus();
    }
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kFailedPrecondition:
      group.owned.clear();
      group.member = nullptr;
      group.settled = false;
      if (options_.on_stopped && group.left != error.message()) options_.on_stopped(group.definition.kind.name, -1, error);
      group.left = std::string(error.message());
      group.join_time = clock_.Now() + options_.restart_delay;
      return absl::OkStatus();
    default:
      return status::Annotated(error, absl::StrCat("task kind ", group.definition.kind.name));
  }
}

absl::Time Worker::NextWake() const {
  absl::Time wake = absl::InfiniteFuture();
  for (const Group& group : groups_) {
    if (group.member == nullptr) wake = std::min(wake, group.join_time);
    for (const auto& [partition, owned] : group.owned) {
      wake = std::min(wake, owned.task != nullptr ? owned.task->NextTimer() : owned.restart_time);
    }
  }
  for (const WaitingRead& read : waiting_) wake = std::min(wake, read.ask.deadline);
  return wake;
}

}  // namespace touchstone::stream
