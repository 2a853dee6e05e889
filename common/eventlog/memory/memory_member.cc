#include "common/eventlog/memory/memory_member.h"

#include "common/eventlog/memory/memory_log_impl.h"
#include "common/status/invariant.h"
#include "common/status/macros.h"

namespace touchstone::eventlog {

// Only the owner of a partition writes its state, on the thread that reads it: no lock is needed.
class MemoryMember::View : public StateView {
 public:
  explicit View(const MemoryStorage::StateMap& state) : state_(state) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    auto it = state_.find(std::string(key));
    return it == state_.end() ? std::nullopt : std::optional<std::string>(it->second);
  }

  absl::Status Scan(absl::string_view begin, absl::string_view end, Visit visit) const override {
    for (auto it = state_.lower_bound(std::string(begin)); it != state_.end(); ++it) {
      if (!end.empty() && absl::string_view(it->first) >= end) break;
      if (!visit(it->first, it->second)) break;
    }
    return absl::OkStatus();
  }

 private:
  const MemoryStorage::StateMap& state_;
};

MemoryMember::MemoryMember(MemoryLogImpl& log, TaskKind kind, std::string id, int partition_count)
    : log_(log), storage_(log.storage()), kind_(std::move(kind)), id_(std::move(id)), partition_count_(partition_count) {
  for (const std::string& topic : kind_.inputs) sources_.push_back({topic, false});
  for (const std::string& topic : kind_.broadcasts) sources_.push_back({topic, true});
}

MemoryMember::~MemoryMember() {
  std::lock_guard<std::mutex> lock(storage_.mutex());
  storage_.LeaveGroup(kind_.name, id_);
}

absl::StatusOr<OwnershipChange> MemoryMember::PollOwnership() {
  std::lock_guard<std::mutex> lock(storage_.mutex());
  RETURN_IF_ERROR(log_.CheckAlive());
  if (log_.Strikes(FaultPoint::kRebalance)) storage_.Rebalance(kind_.name);
  OwnershipChange change;
  const MemoryStorage::Group& group = storage_.GroupOf(kind_.name);
  if (!group.members.contains(id_))
    return absl::FailedPreconditionError(absl::StrCat(kind_.name, ": the group goes on without us"));
  for (int p = 0; p < partition_count_; ++p) {
    const MemoryStorage::Group::Assignment& now = group.partitions[p];
    auto before = owned_.find(p);
    if (before != owned_.end() && before->second.epoch != now.epoch) {
      owned_.erase(before);
      change.lost.push_back(p);
    }
    if (now.owner == id_ && !owned_.contains(p)) {
      owned_[p] = {std::make_unique<View>(storage_.State(kind_.name, p)), now.epoch};
      change.gained.push_back(p);
    }
  }
  return change;
}

int64_t MemoryMember::End(const Source& source, int partition) const {
  return storage_.HighWatermark(source.topic, source.broadcast ? 0 : partition);
}

int64_t MemoryMember::Next(const Source& source, int partition) const {
  return storage_.PositionOf(kind_.name, partition, source.topic);
}

absl::StatusOr<std::vector<InputBatch>> MemoryMember::Fetch(int partition, const FetchLimits& limits) {
  std::lock_guard<std::mutex> lock(storage_.mutex());
  RETURN_IF_ERROR(log_.CheckAlive());
  std::vector<InputBatch> batches;
  for (const Source& source : sources_) {
    FetchLimits left = limits;
    batches.push_back(FetchOne(source, partition, left));
  }
  return batches;
}

InputBatch MemoryMember::FetchOne(const Source& source, int partition, FetchLimits& left) {
  const MemoryStorage::PartitionLog& log = storage_.Log(source.topic, source.broadcast ? 0 : partition);
  const int64_t next = Next(source, partition);
  int64_t end = End(source, partition);
  InputBatch batch;
  batch.complete = true;
  if (end > next && (log_.Strikes(FaultPoint::kShortFetch) || log_.Strikes(FaultPoint::kHiddenRecords))) {
    end = next + log_.Choose(end - next);
    batch.complete = false;
  }
  for (int64_t offset = next; offset < end; ++offset) {
    const Record& record = log.records[offset];
    const int64_t bytes = static_cast<int64_t>(record.key.size() + record.value.size());
    if (left.records_max == 0 || (left.bytes_max < bytes && !batch.records.empty())) {
      batch.complete = false;
      break;
    }
    --left.records_max;
    left.bytes_max -= bytes;
    batch.records.push_back(record);
  }
  return batch;
}

const StateView& MemoryMember::State(int partition) {
  auto it = owned_.find(partition);
  INVARIANT(it != owned_.end(), absl::StrCat(kind_.name, "/", partition, " is not owned"));
  return *it->second.view;
}

absl::StatusOr<CommitPoint> MemoryMember::Commit(std::vector<TaskCommit> commits) {
  log_.MayStandStill();
  std::lock_guard<std::mutex> lock(storage_.mutex());
  RETURN_IF_ERROR(log_.CheckAlive());
  if (!commits.empty() && log_.Strikes(FaultPoint::kOwnershipLost)) storage_.TakeAway(kind_.name, commits.front().partition);
  const bool expelled = !storage_.GroupOf(kind_.name).members.contains(id_);
  for (const TaskCommit& commit : commits) {
    auto owned = owned_.find(commit.partition);
    if (owned == owned_.end() || storage_.GroupOf(kind_.name).partitions[commit.partition].epoch != owned->second.epoch) {
      if (expelled) log_.Note(FaultPoint::kZombieFenced);
      return absl::AbortedError(absl::StrCat(kind_.name, "/", commit.partition, " is another member's now"));
    }
    for (const OutRecord& output : commit.outputs) RETURN_IF_ERROR(storage_.topics().PartitionOf(output).status());
  }
  if (storage_.disk_space() == DiskSpace::kReadOnly) {
    log_.Note(FaultPoint::kCommitFull);
    return absl::ResourceExhaustedError("the disk is full: nothing is written at present");
  }
  if (log_.Strikes(FaultPoint::kCrashBeforeCommit)) return log_.CheckAlive();
  if (log_.Strikes(FaultPoint::kCommitAborted)) return absl::AbortedError("the commit was aborted");
  if (log_.Strikes(FaultPoint::kCommitLost)) return absl::UnavailableError("the commit got no answer");
  ASSIGN_OR_RETURN(const CommitPoint point, log_.WriteCommit(kind_.name, std::move(commits)));
  storage_.changes().Raise();
  if (log_.Strikes(FaultPoint::kCrashAfterCommit)) return log_.CheckAlive();
  if (log_.Strikes(FaultPoint::kCommitAnswerLost)) return absl::UnavailableError("the commit's answer was lost");
  return point;
}

absl::StatusOr<std::vector<InputPosition>> MemoryMember::Positions(int partition) const {
  std::lock_guard<std::mutex> lock(storage_.mutex());
  std::vector<InputPosition> positions;
  for (const Source& source : sources_) positions.push_back({source.topic, Next(source, partition)});
  return positions;
}

int64_t MemoryMember::Lag(int partition) const {
  std::lock_guard<std::mutex> lock(storage_.mutex());
  int64_t lag = 0;
  for (const Source& source : sources_) lag += End(source, partition) - Next(source, partition);
  return lag;
}

}  // namespace touchstone::eventlog
