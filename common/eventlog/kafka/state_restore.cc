#include "common/eventlog/kafka/state_restore.h"

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/kafka_log_impl.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::kafka {
namespace {

constexpr int kCommittedTimeoutMs = 100;
constexpr int kPollMs = 5;
constexpr int kUnansweredMax = 3;
constexpr size_t kWriteRecordsMax = 2000;
// What librdkafka fetches ahead of all partitions together, a second's work: once it is there, librdkafka looks no sooner than a
// second later whether it is read.
constexpr char kQueuedMessagesMin[] = "500000";
constexpr char kQueuedKilobytesMax[] = "65536";
// That the end is reached is told by the fetch after the last one with records: a broker holds that back for as long.
constexpr char kFetchWaitMs[] = "5";

}  // namespace

StateRestore::StateRestore(KafkaLog& log, const StateStore& store, rd_kafka_t* consumer, Takeover& takeover, const TaskKind& kind,
                           std::string member_id, std::vector<int> partitions)
    : log_(log),
      consumer_(consumer),
      kind_(kind.name),
      inputs_(kind.inputs),
      changelog_(log.Physical(absl::StrCat(kind_, ".state"))),
      takeover_(takeover),
      claim_(consumer, log.Physical(kind_), std::move(member_id)) {
  for (int partition : partitions) tasks_[partition].state = store.Task(kind_, partition);
  // More members than partitions.
  if (tasks_.empty()) phase_ = Phase::kDone;
}

absl::StatusOr<bool> StateRestore::Step() {
  if (phase_ == Phase::kTakeover) RETURN_IF_ERROR(TakeOver());
  if (phase_ == Phase::kCommitted) RETURN_IF_ERROR(ReadCommitted());
  if (phase_ == Phase::kWatermarks) RETURN_IF_ERROR(ReadWatermarks());
  if (phase_ == Phase::kRead) RETURN_IF_ERROR(ReadSome());
  if (phase_ == Phase::kClaim) RETURN_IF_ERROR(Claim());
  // There is more to do though nothing changes.
  if (phase_ != Phase::kDone) log_.changes().Raise();
  return phase_ == Phase::kDone;
}

// Where the group's offsets are asked for and claimed.
std::vector<TopicPartition> StateRestore::GroupPartitions() const {
  std::vector<TopicPartition> partitions;
  for (const auto& [partition, task] : tasks_) {
    for (const std::string& input : inputs_) partitions.push_back({log_.Physical(input), partition});
  }
  return partitions;
}

absl::Status StateRestore::TakeOver() {
  absl::Status begun = takeover_.Begin(GroupPartitions());
  // A coordinator that moves, or is slow.
  if (absl::IsUnavailable(begun) && ++unanswered_ < kUnansweredMax) return absl::OkStatus();
  if (begun.ok()) phase_ = Phase::kCommitted;
  return begun;
}

absl::Status StateRestore::ReadCommitted() {
  const PartitionList list = MakeList(GroupPartitions());
  const rd_kafka_resp_err_t error = rd_kafka_committed(consumer_, list.get(), kCommittedTimeoutMs);
  // A transaction is still open over them (or the broker is slow): ask again.
  if (error == RD_KAFKA_RESP_ERR__TIMED_OUT || error == RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT) return absl::OkStatus();
  RETURN_IF_ERROR(ToStatus(error, absl::StrCat("committed offsets of ", kind_)));
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& answer = list->elems[i];
    if (answer.err == RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT) return absl::OkStatus();
    RETURN_IF_ERROR(
        ToStatus(answer.err, absl::StrCat("committed offset of ", kind_, " in ", answer.topic, "/", answer.partition)));
    if (answer.offset < 0) continue;
    committed_[answer.partition][std::string(answer.topic).substr(log_.options().prefix.size())] = answer.offset;
  }
  phase_ = Phase::kWatermarks;
  return absl::OkStatus();
}

absl::Status StateRestore::ReadWatermarks() {
  std::vector<TopicPartition> changelogs;
  for (const auto& [partition, task] : tasks_) changelogs.push_back({changelog_, partition});
  // A fresh handle: one that has seen a broker die may never answer.
  ASSIGN_OR_RETURN(const OffsetReader offsets, OffsetReader::Open(log_.options(), "read_uncommitted"));
  ASSIGN_OR_RETURN(const std::vector<int64_t> begins, offsets.Begins(changelogs));
  ASSIGN_OR_RETURN(const std::vector<int64_t> ends, offsets.Ends(changelogs));
  for (size_t i = 0; i < changelogs.size(); ++i) RETURN_IF_ERROR(LoadCopy(changelogs[i].partition, begins[i], ends[i]));
  phase_ = Phase::kRead;
  Tell(/*is_done=*/false);
  return StartReading();
}

// What the local copy is good for; an empty one begins at the changelog's begin.
absl::Status StateRestore::LoadCopy(int partition, int64_t begin, int64_t end) {
  Restored& task = tasks_[partition];
  ASSIGN_OR_RETURN(std::optional<Checkpoint> copy, task.state->ReadCheckpoint());
  const bool usable = copy.has_value() && copy->changelog_offset >= begin && copy->changelog_offset <= end &&
                      log_.clock().Now() - copy->time <= kCopyAgeMax;
  if (usable) {
    task.checkpoint = *std::move(copy);
  } else {
    task.checkpoint.changelog_offset = begin;
    RETURN_IF_ERROR(task.state->Clear());
  }
  progress_[partition] = {task.checkpoint.changelog_offset, end, {}};
  return absl::OkStatus();
}

absl::Status StateRestore::StartReading() {
  std::vector<TopicPartition> from;
  for (const auto& [partition, task] : tasks_) {
    if (task.checkpoint.changelog_offset < progress_[partition].end) {
      from.push_back({changelog_, partition, task.checkpoint.changelog_offset});
    }
  }
  if (from.empty()) return absl::OkStatus();
  Settings settings = ReaderSettings(log_.options(), "read_committed");
  settings.Set("fetch.wait.max.ms", kFetchWaitMs)
      .Set("queued.min.messages", kQueuedMessagesMin)
      .Set("queued.max.messages.kbytes", kQueuedKilobytesMax);
  ASSIGN_OR_RETURN(reader_, std::move(settings).Make(RD_KAFKA_CONSUMER));
  return AssignAt(reader_.get(), from);
}

absl::Status StateRestore::ReadSome() {
  const absl::Duration begun = log_.clock().Monotonic();
  while (!Complete() && log_.clock().Monotonic() - begun < kStep) {
    for (size_t i = 0; i < kWriteRecordsMax; ++i) {
      const Message message(rd_kafka_consumer_poll(reader_.get(), i == 0 ? kPollMs : 0));
      if (message == nullptr) break;
      RETURN_IF_ERROR(TakeMessage(*message));
    }
  }
  for (const auto& [partition, progress] : progress_) RETURN_IF_ERROR(Flush(partition));
  if (!Complete()) {
    if (log_.clock().Monotonic() - told_ >= kTellEvery) Tell(/*is_done=*/false);
    return absl::OkStatus();
  }
  phase_ = Phase::kClaim;
  return CheckNothingLost();
}

absl::Status StateRestore::Claim() {
  std::vector<TopicPartition> positions = GroupPartitions();
  for (TopicPartition& position : positions) {
    const TaskPositions& known = tasks_.at(position.partition).checkpoint.positions;
    auto it = known.find(position.topic.substr(log_.options().prefix.size()));
    position.offset = it == known.end() ? 0 : it->second;
  }
  ASSIGN_OR_RETURN(const bool claimed, claim_.Step(positions));
  if (!claimed) return absl::OkStatus();
  phase_ = Phase::kDone;
  Tell(/*is_done=*/true);
  return absl::OkStatus();
}

void StateRestore::Tell(bool is_done) {
  told_ = log_.clock().Monotonic();
  if (!log_.options().on_restore) return;
  for (const auto& [partition, progress] : progress_) {
    const int64_t restored = tasks_.at(partition).checkpoint.changelog_offset - progress.begin;
    log_.options().on_restore({kind_, partition, restored, progress.end - progress.begin, is_done});
  }
}

absl::Status StateRestore::TakeMessage(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    // Behind it lie markers, or an open transaction; which, the watermark tells.
    Checkpoint& checkpoint = tasks_[message.partition].checkpoint;
    checkpoint.changelog_offset = std::max(checkpoint.changelog_offset, message.offset);
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(ToStatus(message.err, absl::StrCat("restoring from ", changelog_)));
  Checkpoint& checkpoint = tasks_[message.partition].checkpoint;
  checkpoint.changelog_offset = message.offset + 1;
  const absl::string_view key(static_cast<const char*>(message.key), message.key_len);
  const absl::string_view value(static_cast<const char*>(message.payload), message.len);
  if (key == kPositionsKey) {
    ASSIGN_OR_RETURN(checkpoint.positions, DecodePositions(value));
    return absl::OkStatus();
  }
  std::vector<StateChange>& changes = progress_[message.partition].changes;
  changes.push_back(
      {std::string(key), message.payload == nullptr ? std::nullopt : std::optional<std::string>(std::string(value))});
  return changes.size() < kWriteRecordsMax ? absl::OkStatus() : Flush(message.partition);
}

absl::Status StateRestore::Flush(int partition) {
  Restored& task = tasks_[partition];
  task.checkpoint.time = log_.clock().Now();
  RETURN_IF_ERROR(task.state->Apply(progress_[partition].changes, task.checkpoint));
  progress_[partition].changes.clear();
  return absl::OkStatus();
}

bool StateRestore::Complete() const {
  for (const auto& [partition, progress] : progress_) {
    if (tasks_.at(partition).checkpoint.changelog_offset < progress.end) return false;
  }
  return true;
}

// Whatever moved the group's offsets wrote the changelog with it.
absl::Status StateRestore::CheckNothingLost() const {
  for (const auto& [partition, positions] : committed_) {
    const TaskPositions& known = tasks_.at(partition).checkpoint.positions;
    for (const auto& [topic, offset] : positions) {
      auto it = known.find(topic);
      const int64_t kept = it == known.end() ? 0 : it->second;
      if (offset <= kept) continue;
      return absl::DataLossError(absl::StrCat("task ", kind_, "/", partition, " stops: its group has read ", log_.Physical(topic),
                                              " up to ", offset, ", its changelog ", changelog_, " only up to ", kept,
                                              ": the changelog has lost records, or was made anew. Nothing was changed."));
    }
  }
  return absl::OkStatus();
}

}  // namespace touchstone::eventlog::kafka
