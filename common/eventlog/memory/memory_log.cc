#include "common/eventlog/memory/memory_log.h"

#include "common/eventlog/memory/memory_log_impl.h"
#include "common/eventlog/memory/memory_member.h"
#include "common/eventlog/memory/memory_tail.h"
#include "common/status/errors.h"
#include "common/status/macros.h"

namespace touchstone::eventlog {

std::unique_ptr<MemoryLog> MemoryLog::Open(std::shared_ptr<MemoryStorage> storage, const clock::Clock& clock, std::string process,
                                           Faults* faults) {
  return std::make_unique<MemoryLogImpl>(std::move(storage), clock, std::move(process), faults);
}

bool MemoryLogImpl::Strikes(FaultPoint point) {
  if (faults_ == nullptr || crashed_ || !faults_->Strikes(point)) return false;
  crashed_ = point <= kLastCrash;
  return true;
}

void MemoryLogImpl::MayStandStill() {
  bool stands = false;
  {
    std::lock_guard<std::mutex> lock(storage_->mutex());
    stands = Strikes(FaultPoint::kStandStill);
  }
  if (stands) faults_->StandStill();
}

absl::Status MemoryLogImpl::CheckAlive() const {
  return crashed_ ? absl::CancelledError("the process has crashed") : absl::OkStatus();
}

absl::Status MemoryLogImpl::CheckAppend(const std::vector<OutRecord>& records) {
  RETURN_IF_ERROR(CheckAlive());
  if (closed_) return LogClosed();
  for (const OutRecord& record : records) RETURN_IF_ERROR(topics().PartitionOf(record).status());
  if (storage_->disk_space() != DiskSpace::kEnough) {
    Note(FaultPoint::kAppendFull);
    return status::WithRetry(absl::ResourceExhaustedError("the disk is nearly full"), absl::Seconds(5));
  }
  if (Strikes(FaultPoint::kCrashBeforeAppend)) return CheckAlive();
  if (Strikes(FaultPoint::kAppendRefused))
    return status::WithRetry(absl::UnavailableError("the append was refused"), absl::Seconds(1));
  return absl::OkStatus();
}

void MemoryLogImpl::Append(std::vector<OutRecord> records, AppendDone done) {
  absl::Status checked;
  {
    std::lock_guard<std::mutex> lock(storage_->mutex());
    checked = CheckAppend(records);
    if (crashed_) return;  // Nobody is left to hear an answer.
    if (checked.ok()) Send(std::move(records), std::move(done));
  }
  if (!checked.ok()) {
    std::move(done)(std::move(checked));
    return;
  }
  storage_->changes().Raise();
  if (storage_->durability() == Durability::kAtOnce) Sync().IgnoreError();
}

void MemoryLogImpl::Send(std::vector<OutRecord> records, AppendDone done) {
  const bool answer_lost = Strikes(FaultPoint::kAppendAnswerLost);
  if (storage_->durability() == Durability::kBroker) {
    sent_.push_back({std::move(records), std::move(done), answer_lost});
  } else {
    acks_.push_back({storage_->WriteAppend(std::move(records), clock_.Now()), std::move(done), answer_lost});
  }
  Strikes(FaultPoint::kCrashAfterAppend);
}

absl::StatusOr<std::unique_ptr<Member>> MemoryLogImpl::Join(const TaskKind& kind, const MemberOptions& options) {
  std::lock_guard<std::mutex> lock(storage_->mutex());
  RETURN_IF_ERROR(CheckAlive());
  int partitions = 0;
  for (const std::string& topic : kind.inputs) {
    ASSIGN_OR_RETURN(const TopicSpec spec, topics().Find(topic));
    if (partitions != 0 && spec.partitions != partitions) {
      return absl::FailedPreconditionError(
          absl::StrCat("task kind ", kind.name, ": its inputs must have equal partition counts, but ", kind.inputs.front(),
                       " has ", partitions, " and ", topic, " ", spec.partitions));
    }
    partitions = spec.partitions;
  }
  for (const std::string& topic : kind.broadcasts) {
    ASSIGN_OR_RETURN(const TopicSpec spec, topics().Find(topic));
    if (spec.partitions != 1)
      return absl::FailedPreconditionError(absl::StrCat(topic, " is read whole by every task, and so must have one partition"));
  }
  const std::string id = absl::StrCat(options.instance, "/", process_, "/", options.worker);
  if (!storage_->JoinGroup(kind.name, id, process_, partitions)) {
    return absl::FailedPreconditionError(
        absl::StrCat("worker ", options.worker, " of ", options.instance, " is a member of ", kind.name, " already"));
  }
  return std::make_unique<MemoryMember>(*this, kind, id, partitions);
}

absl::StatusOr<std::unique_ptr<Tail>> MemoryLogImpl::OpenTail(absl::string_view topic, const TailStart& start) {
  std::lock_guard<std::mutex> lock(storage_->mutex());
  RETURN_IF_ERROR(CheckAlive());
  return MemoryTail::Open(storage_, topic, start, faults_);
}

absl::StatusOr<std::vector<int64_t>> MemoryLogImpl::EndOffsets(absl::string_view topic) {
  std::lock_guard<std::mutex> lock(storage_->mutex());
  ASSIGN_OR_RETURN(const TopicSpec spec, topics().Find(topic));
  std::vector<int64_t> ends;
  for (int p = 0; p < spec.partitions; ++p) ends.push_back(storage_->Log(topic, p).durable_end);
  return ends;
}

absl::StatusOr<std::vector<std::vector<int64_t>>> MemoryLogImpl::HighWatermarks(const std::vector<std::string>& topics) {
  std::lock_guard<std::mutex> lock(storage_->mutex());
  std::vector<std::vector<int64_t>> ends;
  for (const std::string& topic : topics) {
    ASSIGN_OR_RETURN(const TopicSpec spec, storage_->topics().Find(topic));
    std::vector<int64_t>& of_topic = ends.emplace_back();
    for (int p = 0; p < spec.partitions; ++p) of_topic.push_back(storage_->HighWatermark(topic, p));
  }
  return ends;
}

void MemoryLogImpl::WhenDurable(CommitPoint point, DurableDone done) {
  bool durable = false;
  {
    std::lock_guard<std::mutex> lock(storage_->mutex());
    if (crashed_) return;
    durable = static_cast<uint64_t>(point) <= durable_point_;
    if (!durable && !closed_) {
      waiting_.emplace(static_cast<uint64_t>(point), std::move(done));
      return;
    }
  }
  std::move(done)(durable ? absl::OkStatus() : LogClosed());
}

absl::Status MemoryLogImpl::Intake() const {
  std::lock_guard<std::mutex> lock(storage_->mutex());
  return closed_ ? LogClosed() : absl::OkStatus();
}

void MemoryLogImpl::Close() {
  std::deque<WaitingAck> acks;
  std::deque<SentAppend> sent;
  std::multimap<uint64_t, DurableDone> waiting;
  {
    std::lock_guard<std::mutex> lock(storage_->mutex());
    closed_ = true;
    acks.swap(acks_);
    sent.swap(sent_);
    waiting.swap(waiting_);
  }
  for (WaitingAck& ack : acks) std::move(ack.done)(LogClosed());
  for (SentAppend& append : sent) std::move(append.done)(LogClosed());
  for (auto& [point, done] : waiting) std::move(done)(LogClosed());
}

absl::StatusOr<CommitPoint> MemoryLogImpl::WriteCommit(const std::string& kind, std::vector<TaskCommit> commits) {
  const uint64_t point = storage_->NextPoint();
  storage_->WriteCommit(kind, std::move(commits), clock_.Now());
  if (storage_->durability() != Durability::kOnSync) {
    storage_->MakeDurable();
    durable_point_ = point;
  }
  return CommitPoint{point};
}

void MemoryLogImpl::TakeSent() {
  for (SentAppend& sent : sent_) {
    if (sent.records.size() > 1 && Strikes(FaultPoint::kAppendTorn)) {
      std::set<std::pair<std::string, int>> cut;
      WriteSome(sent, cut);
      acks_.push_back({{}, std::move(sent.done), /*answer_lost=*/true});
      continue;
    }
    acks_.push_back({storage_->WriteAppend(std::move(sent.records), clock_.Now()), std::move(sent.done), sent.answer_lost});
  }
  sent_.clear();
}

absl::Status MemoryLogImpl::Sync() {
  std::deque<WaitingAck> acks;
  std::vector<DurableDone> durable;
  {
    std::lock_guard<std::mutex> lock(storage_->mutex());
    RETURN_IF_ERROR(CheckAlive());
    if (Strikes(FaultPoint::kCrashBeforeSync)) return CheckAlive();
    TakeSent();
    storage_->MakeDurable();
    if (Strikes(FaultPoint::kCrashAfterSync)) return CheckAlive();
    acks.swap(acks_);
    durable_point_ = storage_->NextPoint();
    for (auto& [point, done] : waiting_) durable.push_back(std::move(done));
    waiting_.clear();
  }
  for (WaitingAck& ack : acks) {
    if (ack.answer_lost) {
      std::move(ack.done)(status::WithRetry(absl::UnavailableError("the answer was lost"), absl::Seconds(1)));
    } else {
      std::move(ack.done)(std::move(ack.positions));
    }
  }
  for (DurableDone& done : durable) std::move(done)(absl::OkStatus());
  storage_->changes().Raise();
  return absl::OkStatus();
}

void MemoryLogImpl::Crash() {
  std::lock_guard<std::mutex> lock(storage_->mutex());
  crashed_ = true;
  if (storage_->durability() == Durability::kBroker) {
    LoseSent();
  } else {
    LoseUnsynced();
  }
  acks_.clear();
  sent_.clear();
  waiting_.clear();
}

void MemoryLogImpl::LoseUnsynced() {
  const size_t count = storage_->unsynced_count();
  const size_t kept = static_cast<size_t>(Choose(static_cast<int64_t>(count) + 1));
  if (kept < count) Note(kept == 0 ? FaultPoint::kUnsyncedLost : FaultPoint::kUnsyncedCut);
  storage_->LoseUnsynced(kept);
}

size_t MemoryLogImpl::WriteSome(SentAppend& sent, std::set<std::pair<std::string, int>>& cut) {
  size_t written = 0;
  for (OutRecord& record : sent.records) {
    std::pair<std::string, int> where(record.topic, *topics().PartitionOf(record));
    if (cut.contains(where) || Choose(2) == 0) {
      cut.insert(std::move(where));
      continue;
    }
    storage_->WriteAppend({std::move(record)}, clock_.Now());
    ++written;
  }
  return written;
}

void MemoryLogImpl::LoseSent() {
  std::set<std::pair<std::string, int>> cut;
  for (SentAppend& sent : sent_) {
    const bool behind_a_loss = !cut.empty();
    const size_t written = WriteSome(sent, cut);
    if (written > 0 && written < sent.records.size()) Note(FaultPoint::kAppendHalfThere);
    if (written > 0 && behind_a_loss) Note(FaultPoint::kAppendsReordered);
  }
  storage_->MakeDurable();
}

}  // namespace touchstone::eventlog
