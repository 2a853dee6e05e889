#include "common/eventlog/embedded/internal/member.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/eventlog/embedded/internal/store.h"
#include "common/eventlog/embedded/internal/task_state.h"
#include "common/status/macros.h"
#include "rocksdb/write_batch.h"

namespace touchstone::eventlog::embedded {
namespace {

// A partition this member owns.
struct Task {
  Task(const Store& store, const Kind& kind, int32_t partition) : state(store, kind.number, partition) {}

  TaskState state;
  std::vector<int64_t> positions;
};

// By key: neighbours are put into the store, and replayed, much faster (see store_options.cc).
std::vector<const StateChange*> Sorted(const std::vector<StateChange>& changes) {
  std::vector<const StateChange*> sorted;
  sorted.reserve(changes.size());
  for (const StateChange& change : changes) sorted.push_back(&change);
  std::sort(sorted.begin(), sorted.end(), [](const StateChange* a, const StateChange* b) { return a->key < b->key; });
  return sorted;
}

class EmbeddedMember : public Member {
 public:
  EmbeddedMember(const MemberParts& parts, const Kind& kind, std::vector<int> partitions)
      : parts_(parts), kind_(kind), partitions_(std::move(partitions)), gained_(partitions_) {
    for (int partition : partitions_) {
      auto task = std::make_unique<Task>(parts_.store, kind_, partition);
      task->positions = parts_.tasks.Positions(kind_, partition);
      tasks_[partition] = std::move(task);
    }
  }

  ~EmbeddedMember() override { parts_.tasks.Release(kind_, partitions_); }

  absl::StatusOr<OwnershipChange> PollOwnership() override { return OwnershipChange{std::exchange(gained_, {}), {}}; }

  absl::StatusOr<std::vector<InputBatch>> Fetch(int partition, const FetchLimits& limits) override {
    ASSIGN_OR_RETURN(const Task* task, Owned(partition));
    const ReadLimits read_limits{std::max(limits.records_max, 1), limits.bytes_max};
    std::vector<InputBatch> batches(kind_.topics.size());
    for (size_t i = 0; i < batches.size(); ++i) {
      const PartitionLog& log = kind_.log(i, partition);
      const int64_t end = log.end_offset();
      int64_t next = 0;
      RETURN_IF_ERROR(log.Read(task->positions[i], end, read_limits, batches[i].records, next));
      batches[i].complete = next >= end;
    }
    return batches;
  }

  const StateView& State(int partition) override { return tasks_.at(partition)->state; }

  absl::StatusOr<CommitPoint> Commit(std::vector<TaskCommit> commits) override {
    RETURN_IF_ERROR(parts_.disk.Commits());
    std::vector<std::vector<int64_t>> positions;
    for (size_t i = 0; i < commits.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (commits[j].partition == commits[i].partition) return absl::InvalidArgumentError("a commit names a partition twice");
      }
      ASSIGN_OR_RETURN(std::vector<int64_t> moved, Moved(commits[i]));
      positions.push_back(std::move(moved));
    }
    WriteRequest request;
    ASSIGN_OR_RETURN(request.records, RouteOutputs(commits));
    request.add = [&](rocksdb::WriteBatch& batch) {
      for (size_t i = 0; i < commits.size(); ++i) AddTo(batch, commits[i], positions[i]);
    };
    const uint64_t write = parts_.writer.Write(request);
    for (size_t i = 0; i < commits.size(); ++i) {
      parts_.tasks.SetPositions(kind_, commits[i].partition, positions[i]);
      tasks_.at(commits[i].partition)->positions = std::move(positions[i]);
    }
    return CommitPoint{write};
  }

  absl::StatusOr<std::vector<InputPosition>> Positions(int partition) const override {
    ASSIGN_OR_RETURN(const Task* task, Owned(partition));
    std::vector<InputPosition> positions;
    for (size_t i = 0; i < kind_.topics.size(); ++i) positions.push_back({kind_.topics[i]->spec.name, task->positions[i]});
    return positions;
  }

  int64_t Lag(int partition) const override {
    const absl::StatusOr<const Task*> task = Owned(partition);
    if (!task.ok()) return 0;
    int64_t lag = 0;
    for (size_t i = 0; i < kind_.topics.size(); ++i) {
      const PartitionLog& log = kind_.log(i, partition);
      lag += log.end_offset() - std::max((*task)->positions[i], log.begin_offset());
    }
    return lag;
  }

 private:
  absl::StatusOr<const Task*> Owned(int partition) const {
    auto found = tasks_.find(partition);
    if (found != tasks_.end()) return found->second.get();
    return absl::FailedPreconditionError(
        absl::StrCat("partition ", partition, " of task kind '", kind_.name, "' is not this member's"));
  }

  // The task's positions as they are after the commit.
  absl::StatusOr<std::vector<int64_t>> Moved(const TaskCommit& commit) const {
    ASSIGN_OR_RETURN(const Task* task, Owned(commit.partition));
    std::vector<int64_t> positions = task->positions;
    for (const InputPosition& position : commit.positions) {
      const auto topic = std::find_if(kind_.topics.begin(), kind_.topics.end(),
                                      [&](const Topic* input) { return input->spec.name == position.topic; });
      if (topic == kind_.topics.end()) {
        return absl::InvalidArgumentError(
            absl::StrCat("task kind '", kind_.name, "' does not read topic '", position.topic, "'"));
      }
      const auto i = static_cast<size_t>(topic - kind_.topics.begin());
      const int64_t end = kind_.log(i, commit.partition).end_offset();
      if (position.next_offset < positions[i] || position.next_offset > end) {
        return absl::InvalidArgumentError(absl::StrCat("task kind '", kind_.name, "', partition ", commit.partition,
                                                       ": a position of topic '", position.topic, "' cannot move from ",
                                                       positions[i], " to ", position.next_offset, "; its end is ", end));
      }
      positions[i] = position.next_offset;
    }
    return positions;
  }

  absl::StatusOr<RoutedRecords> RouteOutputs(std::vector<TaskCommit>& commits) const {
    if (commits.size() == 1) return Route(parts_.topics, commits.front().outputs);
    std::vector<OutRecord> outputs;
    for (TaskCommit& commit : commits) std::move(commit.outputs.begin(), commit.outputs.end(), std::back_inserter(outputs));
    return Route(parts_.topics, outputs);
  }

  void AddTo(rocksdb::WriteBatch& batch, const TaskCommit& commit, const std::vector<int64_t>& positions) const {
    const std::string& prefix = tasks_.at(commit.partition)->state.prefix();
    for (const StateChange* change : Sorted(commit.changes)) {
      const rocksdb::Slice key_parts[] = {prefix, change->key};
      const rocksdb::SliceParts key(key_parts, 2);
      if (change->value.has_value()) {
        const rocksdb::Slice value(*change->value);
        batch.Put(parts_.store.state(), key, rocksdb::SliceParts(&value, 1)).PermitUncheckedError();
      } else {
        batch.Delete(parts_.store.state(), key).PermitUncheckedError();
      }
    }
    batch.Put(PositionKey(kind_.number, commit.partition), TaskTable::EncodePositions(kind_, positions)).PermitUncheckedError();
  }

  const MemberParts parts_;
  const Kind& kind_;
  const std::vector<int> partitions_;
  std::vector<int> gained_;
  absl::flat_hash_map<int, std::unique_ptr<Task>> tasks_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Member>> JoinKind(const MemberParts& parts, const TaskKind& kind, const MemberOptions& options) {
  if (options.worker_count < 1 || options.worker < 0 || options.worker >= options.worker_count) {
    return absl::InvalidArgumentError(absl::StrCat("worker ", options.worker, " of ", options.worker_count, " cannot be"));
  }
  ASSIGN_OR_RETURN(const Kind* known, parts.tasks.Register(kind, parts.writer));
  std::vector<int> partitions;
  for (int p = options.worker; p < known->partition_count(); p += options.worker_count) partitions.push_back(p);
  RETURN_IF_ERROR(parts.tasks.Claim(*known, partitions));
  return std::make_unique<EmbeddedMember>(parts, *known, std::move(partitions));
}

}  // namespace touchstone::eventlog::embedded
