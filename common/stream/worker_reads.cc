// The part of Worker that answers reads.

#include <set>
#include <utility>

#include "common/ids/partitioner.h"
#include "common/status/errors.h"
#include "common/status/invariant.h"
#include "common/status/macros.h"
#include "common/stream/worker.h"

namespace touchstone::stream {

absl::Status Worker::Unreadable(absl::string_view kind, int partition, absl::string_view why) {
  return status::WithRetry(absl::UnavailableError(absl::StrCat("task ", kind, "/", partition, " ", why)), absl::Seconds(1));
}

absl::Status Worker::StandsStill(absl::string_view kind, int partition, absl::string_view why) {
  return status::WithReason(Unreadable(kind, partition, absl::StrCat("stands still: ", why)), kTaskStandsStill, "stream");
}

absl::Status Worker::Elsewhere(absl::string_view kind, int partition) {
  return status::WithReason(Unreadable(kind, partition, "is not this instance's"), kTaskElsewhere, "stream");
}

void Worker::Ask(TaskAsk ask, Done done) {
  if (FindDefinition(ask.kind) == nullptr)
    return done(absl::FailedPreconditionError(absl::StrCat("no tasks of kind '", ask.kind, "' here")));
  absl::Status refused;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) {
      refused = Unreadable(ask.kind, ask.partition, "has stopped");
    } else if (read_count_ >= options_.reads_max) {
      refused = status::WithRetry(absl::ResourceExhaustedError("too many reads wait"), absl::Milliseconds(100));
    } else {
      ++read_count_;
      arrived_.push_back({std::move(ask), std::move(done), nullptr});
    }
  }
  if (!refused.ok()) return std::move(done)(std::move(refused));
  log_.changes().Raise();
}

int Worker::PartitionCount(absl::string_view kind) const {
  const TaskDefinition* definition = FindDefinition(kind);
  INVARIANT(definition != nullptr, absl::StrCat("no task kind ", kind, " in this worker"));
  absl::StatusOr<eventlog::TopicSpec> topic = log_.topics().Find(definition->kind.inputs.front());
  INVARIANT(topic.ok(), topic.status().ToString());
  return topic->partitions;
}

int Worker::PartitionFor(absl::string_view kind, absl::string_view key) const {
  return ids::PartitionFor(key, PartitionCount(kind));
}

void Worker::Report(ReportDone done) {
  absl::Status refused;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) {
      refused = absl::UnavailableError("the tasks of this process have ended");
    } else if (report_requests_.size() >= options_.reports_max) {
      refused = status::WithRetry(absl::ResourceExhaustedError("too many ask how tasks do"), absl::Milliseconds(100));
    } else {
      report_requests_.push_back(std::move(done));
    }
  }
  if (!refused.ok()) return std::move(done)(std::move(refused));
  log_.changes().Raise();
}

// Runs the reads that may, fails those that cannot, keeps the others. Returns whether any was answered.
bool Worker::AnswerReads() {
  watermarks_ = nullptr;
  std::vector<ReportDone> report_requests;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (WaitingRead& read : arrived_) waiting_.push_back(std::move(read));
    arrived_.clear();
    report_requests.swap(report_requests_);
  }
  for (auto& request : report_requests) std::move(request)(Reports());
  std::deque<WaitingRead> still_waiting;
  size_t answered = 0;
  for (WaitingRead& read : waiting_) {
    bool wait = false;
    const absl::Status ready = Ready(read, &wait);
    if (wait) {
      still_waiting.push_back(std::move(read));
      continue;
    }
    ++answered;
    if (ready.ok()) {
      RunRead(std::move(read));
    } else {
      std::move(read.done)(ready);
    }
  }
  waiting_.swap(still_waiting);
  if (answered > 0) {
    std::lock_guard<std::mutex> lock(mutex_);
    read_count_ -= answered;
  }
  return answered > 0 || !report_requests.empty();
}

absl::Status Worker::Ready(WaitingRead& read, bool* wait) {
  const TaskAsk& ask = read.ask;
  Group* group = FindGroup(ask.kind);
  auto owned = group->owned.find(ask.partition);
  if (owned == group->owned.end()) {
    return group->left.empty() ? Elsewhere(ask.kind, ask.partition) : StandsStill(ask.kind, ask.partition, group->left);
  }
  if (owned->second.task == nullptr && !owned->second.readable)
    return StandsStill(ask.kind, ask.partition, owned->second.stopped);
  if (!ask.after.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool passed, Passed(*group, ask));
  if (passed && ask.waits_for_no_more) return absl::OkStatus();
  if (passed && read.barrier == nullptr) {
    ASSIGN_OR_RETURN(read.barrier, Barrier());
  }
  if (read.barrier != nullptr) {
    ASSIGN_OR_RETURN(const bool met, BarrierMet(read));
    if (met) return absl::OkStatus();
  }
  if (clock_.Now() >= ask.deadline) {
    return absl::DeadlineExceededError(
        absl::StrCat("the write of the token has not been processed by ", ask.kind, "/", ask.partition, " yet"));
  }
  *wait = true;
  return absl::OkStatus();
}

absl::StatusOr<bool> Worker::Passed(const Group& group, const TaskAsk& ask) const {
  // A touchpoint lies under its primary name, and may be read back by another: the write's partition, not the read's, is what
  // must have been passed. What is broadcast every task reads for itself.
  const std::vector<std::string>& inputs = group.definition.kind.inputs;
  const bool is_input = std::find(inputs.begin(), inputs.end(), ask.after->topic) != inputs.end();
  const int partition = is_input ? ask.after->partition : ask.partition;
  if (!group.owned.contains(partition)) return Elsewhere(ask.kind, partition);
  ASSIGN_OR_RETURN(const std::vector<eventlog::InputPosition> positions, group.member->Positions(partition));
  for (const eventlog::InputPosition& position : positions) {
    if (position.topic == ask.after->topic) return position.next_offset > ask.after->offset;
  }
  return status::WithReason(absl::InvalidArgumentError(absl::StrCat("token: it is of a write to ", ask.after->topic, ", which ",
                                                                    ask.kind, " does not read")),
                            "TOKEN_OF_ANOTHER_SERVICE", "stream");
}

// What the record of the token sent to other inboxes lies before where these end now.
absl::StatusOr<std::shared_ptr<const Worker::Watermarks>> Worker::Barrier() {
  if (watermarks_ != nullptr) return watermarks_;
  std::set<std::string> wanted;
  for (const Group& group : groups_) {
    wanted.insert(group.definition.kind.inputs.begin(), group.definition.kind.inputs.end());
    wanted.insert(group.definition.kind.broadcasts.begin(), group.definition.kind.broadcasts.end());
  }
  const std::vector<std::string> topics(wanted.begin(), wanted.end());
  ASSIGN_OR_RETURN(std::vector<std::vector<int64_t>> ends, log_.HighWatermarks(topics));
  auto watermarks = std::make_shared<Watermarks>();
  for (size_t i = 0; i < topics.size(); ++i) (*watermarks)[topics[i]] = std::move(ends[i]);
  watermarks_ = std::move(watermarks);
  return watermarks_;
}

// Whether every other task has committed past it. One that stands still is waited for by nobody; one that was given to this
// worker since the barrier was raised is, and has more to do only.
absl::StatusOr<bool> Worker::BarrierMet(const WaitingRead& read) const {
  for (const Group& group : groups_) {
    if (group.definition.kind.name == read.ask.kind) continue;
    for (const auto& [partition, owned] : group.owned) {
      if (owned.task == nullptr) continue;
      ASSIGN_OR_RETURN(const std::vector<eventlog::InputPosition> positions, group.member->Positions(partition));
      for (const eventlog::InputPosition& position : positions) {
        const std::vector<int64_t>& ends = read.barrier->at(position.topic);
        // What is broadcast has one partition.
        if (position.next_offset < ends[ends.size() == 1 ? 0 : static_cast<size_t>(partition)]) return false;
      }
    }
  }
  return true;
}

void Worker::RunRead(WaitingRead read) {
  Group* group = FindGroup(read.ask.kind);
  const Owned& owned = group->owned.at(read.ask.partition);
  const absl::Time task_time = owned.task != nullptr ? owned.task->clock() : owned.clock;
  absl::StatusOr<std::string> answer = Run(group->definition, read.ask, group->member->State(read.ask.partition), task_time);
  log_.WhenDurable(last_commit_, [answer = std::move(answer), done = std::move(read.done)](absl::Status durable) mutable {
    durable.ok() ? done(std::move(answer)) : done(std::move(durable));
  });
}

absl::StatusOr<std::string> Worker::Run(const TaskDefinition& definition, const TaskAsk& ask, const eventlog::StateView& state,
                                        absl::Time task_time) {
  if (ask.query == kWaitQuery) return std::string();
  if (ask.query == kValueQuery) {
    ASSIGN_OR_RETURN(std::optional<std::string> value, state.Get(ask.request));
    if (!value.has_value()) return absl::NotFoundError("the state holds nothing there");
    return *std::move(value);
  }
  for (const TaskQuery& query : definition.queries) {
    if (query.name == ask.query) return query.run(state, task_time, ask.request);
  }
  return absl::FailedPreconditionError(absl::StrCat("tasks of kind ", ask.kind, " have no query '", ask.query, "'"));
}

Worker::Group* Worker::FindGroup(absl::string_view kind) {
  for (Group& group : groups_) {
    if (group.definition.kind.name == kind) return &group;
  }
  return nullptr;
}

const TaskDefinition* Worker::FindDefinition(absl::string_view kind) const {
  for (const Group& group : groups_) {
    if (group.definition.kind.name == kind) return &group.definition;
  }
  return nullptr;
}

std::vector<TaskReport> Worker::Reports() const {
  std::vector<TaskReport> reports;
  for (const Group& group : groups_) {
    if (group.member == nullptr) {
      TaskReport& report = reports.emplace_back();
      report.kind = group.definition.kind.name;
      report.partition = -1;
      report.stopped = group.left.empty() ? "has not joined yet" : group.left;
    }
    for (const auto& [partition, owned] : group.owned) {
      TaskReport& report = reports.emplace_back();
      report.kind = group.definition.kind.name;
      report.partition = partition;
      report.lag = group.member->Lag(partition);
      report.stopped = owned.stopped;
      if (owned.task == nullptr) continue;
      report.clock = owned.task->clock();
      report.processed_count = owned.task->processed_count();
      report.dead_letter_count = owned.task->dead_letter_count();
      report.next_timer = owned.task->NextTimer();
    }
  }
  return reports;
}

}  // namespace touchstone::stream
