#include "common/eventlog/kafka/kafka_member.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/cluster.h"
#include "common/status/errors.h"
#include "common/status/invariant.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::kafka {
namespace {

// Librdkafka wants three heartbeats in a session.
constexpr int kHeartbeatsASession = 4;
// How long a broker holds back an answer that nothing new has come: until then a commit's mark behind the last record is not
// known to be no record, and whoever waits for the end waits. Records themselves are sent at once.
constexpr char kFetchWaitMs[] = "20";
constexpr char kBroadcastFetchWaitMs[] = "100";

}  // namespace

KafkaMember::KafkaMember(KafkaLog& log, const TaskKind& kind, int partition_count, std::string id)
    : log_(log), kind_(kind), partition_count_(partition_count), id_(std::move(id)), sources_(kind.inputs) {
  sources_.insert(sources_.end(), kind.broadcasts.begin(), kind.broadcasts.end());
}

absl::StatusOr<std::unique_ptr<Member>> KafkaMember::Join(KafkaLog& log, const TaskKind& kind, int partition_count,
                                                          std::string id) {
  std::unique_ptr<KafkaMember> member(new KafkaMember(log, kind, partition_count, std::move(id)));
  RETURN_IF_ERROR(member->Start());
  return member;
}

KafkaMember::~KafkaMember() {
  if (consumer_queue_ != nullptr) rd_kafka_queue_cb_event_enable(consumer_queue_.get(), nullptr, nullptr);
  log_.Leave(id_);
}

absl::Status KafkaMember::Start() {
  ASSIGN_OR_RETURN(store_, log_.Store(kind_.name));
  Settings settings(log_.options());
  settings.Set("group.id", log_.Physical(kind_.name))
      .Set("group.instance.id", id_)
      .Set("partition.assignment.strategy", "range")
      .Set("session.timeout.ms", log_.options().session_timeout)
      .Set("heartbeat.interval.ms", log_.options().session_timeout / kHeartbeatsASession)
      .Set("enable.auto.commit", "false")
      .Set("enable.auto.offset.store", "false")
      .Set("auto.offset.reset", "error")
      .Set("enable.partition.eof", "true")
      .Set("isolation.level", "read_committed")
      .Prefer("fetch.wait.max.ms", kFetchWaitMs)
      .Prefer("queued.min.messages", absl::StrCat(std::max(kQueuedMessages / partition_count_, kQueuedMessagesMin)))
      .Prefer("queued.max.messages.kbytes", absl::StrCat(std::max(kQueuedKilobytes / partition_count_, kQueuedKilobytesMin)));
  Callbacks callbacks;
  callbacks.rebalance = [this](rd_kafka_resp_err_t what, const rd_kafka_topic_partition_list_t& list) {
    OnRebalance(what, list);
  };
  ASSIGN_OR_RETURN(consumer_, std::move(settings).Make(RD_KAFKA_CONSUMER, std::move(callbacks)));
  consumer_queue_.reset(rd_kafka_queue_get_consumer(consumer_.get()));
  rd_kafka_queue_cb_event_enable(
      consumer_queue_.get(), [](rd_kafka_t*, void* changes) { static_cast<ChangeSignal*>(changes)->Raise(); }, &log_.changes());
  takeover_ = std::make_unique<Takeover>(log_.options(), consumer_.get(), log_.Physical(kind_.name), id_);
  std::vector<TopicPartition> subscribed;
  for (const std::string& input : kind_.inputs) subscribed.push_back({log_.Physical(input), RD_KAFKA_PARTITION_UA});
  RETURN_IF_ERROR(ToStatus(rd_kafka_subscribe(consumer_.get(), MakeList(subscribed).get()),
                           absl::StrCat("joining ", log_.Physical(kind_.name))));
  // The group forms meanwhile.
  ASSIGN_OR_RETURN(transactor_, Transactor::Open(log_.options(), id_));
  return absl::OkStatus();
}

// --- ownership ---

// A member of a static group keeps nothing over a rebalance: all is taken away and given anew.
void KafkaMember::OnRebalance(rd_kafka_resp_err_t what, const rd_kafka_topic_partition_list_t& partitions) {
  restore_ = nullptr;
  settled_ = false;
  for (const auto& [partition, task] : tasks_) lost_.insert(partition);
  tasks_.clear();
  assigned_.clear();
  newly_assigned_ = what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
  if (!newly_assigned_) {
    rd_kafka_assign(consumer_.get(), nullptr);
    return;
  }
  // Reading begins once the state is restored: see Gain.
  for (int i = 0; i < partitions.cnt; ++i) {
    if (log_.Physical(kind_.inputs.front()) == partitions.elems[i].topic) assigned_.push_back(partitions.elems[i].partition);
  }
  std::sort(assigned_.begin(), assigned_.end());
}

absl::Status KafkaMember::ServeConsumer() {
  while (true) {
    const Message message(rd_kafka_consumer_poll(consumer_.get(), 0));
    if (message == nullptr) return absl::OkStatus();
    switch (message->err) {
      case RD_KAFKA_RESP_ERR_NO_ERROR:
      case RD_KAFKA_RESP_ERR__TRANSPORT:
      case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
      case RD_KAFKA_RESP_ERR__RESOLVE:
      case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
        continue;  // Librdkafka goes on trying; a lost assignment is told by a rebalance.
      default:
        return ToStatus(message->err, absl::StrCat("member ", id_, " of ", log_.Physical(kind_.name), ": ",
                                                   rd_kafka_message_errstr(message.get())));
    }
  }
}

absl::StatusOr<OwnershipChange> KafkaMember::PollOwnership() {
  if (store_->damaged()) {
    return absl::UnavailableError(
        absl::StrCat("local copies of ", kind_.name, " are damaged: they are made anew from the cluster"));
  }
  RETURN_IF_ERROR(ServeConsumer());
  OwnershipChange change;
  change.lost.assign(lost_.begin(), lost_.end());
  lost_.clear();
  if (newly_assigned_) {
    newly_assigned_ = false;
    restore_ = std::make_unique<StateRestore>(log_, *store_, consumer_.get(), *takeover_, kind_, id_, assigned_);
  }
  takeover_->Step();
  if (restore_ != nullptr) {
    ASSIGN_OR_RETURN(settled_, restore_->Step());
    if (settled_) {
      RETURN_IF_ERROR(Gain());
      change.gained = assigned_;
    }
  }
  change.settled = settled_;
  return change;
}

absl::Status KafkaMember::Gain() {
  std::vector<TopicPartition> from;
  for (auto& [partition, restored] : restore_->Take()) {
    Task& task = tasks_[partition];
    task.state = std::move(restored.state);
    task.checkpoint = std::move(restored.checkpoint);
    for (size_t i = 0; i < kind_.inputs.size(); ++i) {
      TopicPartition start = {log_.Physical(sources_[i]), partition, PositionOf(task, i)};
      task.readers.push_back(std::make_unique<PartitionReader>(consumer_.get(), start, log_.changes()));
      // Never read: what was first may be gone already.
      if (start.offset == 0) start.offset = RD_KAFKA_OFFSET_BEGINNING;
      from.push_back(std::move(start));
    }
  }
  restore_ = nullptr;
  RETURN_IF_ERROR(ToStatus(rd_kafka_assign(consumer_.get(), MakeList(from).get()), absl::StrCat("taking over ", kind_.name)));
  return ReadBroadcasts();
}

// Anew from the task that is furthest behind.
absl::Status KafkaMember::ReadBroadcasts() {
  broadcast_readers_.clear();
  if (kind_.broadcasts.empty() || tasks_.empty()) return absl::OkStatus();
  if (broadcast_consumer_.get() == nullptr) {
    Settings settings = ReaderSettings(log_.options(), "read_committed");
    settings.Prefer("fetch.wait.max.ms", kBroadcastFetchWaitMs);
    ASSIGN_OR_RETURN(broadcast_consumer_, std::move(settings).Make(RD_KAFKA_CONSUMER));
  }
  std::vector<TopicPartition> from;
  for (size_t i = kind_.inputs.size(); i < sources_.size(); ++i) {
    TopicPartition start = {log_.Physical(sources_[i]), 0, std::numeric_limits<int64_t>::max()};
    for (const auto& [partition, task] : tasks_) start.offset = std::min(start.offset, PositionOf(task, i));
    broadcast_readers_.push_back(std::make_unique<PartitionReader>(broadcast_consumer_.get(), start, log_.changes()));
    if (start.offset == 0) start.offset = RD_KAFKA_OFFSET_BEGINNING;
    from.push_back(std::move(start));
  }
  return AssignAt(broadcast_consumer_.get(), from);
}

// --- reading ---

PartitionReader& KafkaMember::ReaderOf(const Task& task, size_t i) const {
  const size_t inputs = kind_.inputs.size();
  return i < inputs ? *task.readers[i] : *broadcast_readers_[i - inputs];
}

int64_t KafkaMember::PositionOf(const Task& task, size_t i) const {
  auto it = task.checkpoint.positions.find(sources_[i]);
  return it == task.checkpoint.positions.end() ? 0 : it->second;
}

absl::StatusOr<std::vector<int64_t>> KafkaMember::EndsOf(const Task& task) const {
  std::vector<TopicPartition> partitions;
  for (size_t i = 0; i < sources_.size(); ++i) partitions.push_back(ReaderOf(task, i).partition());
  if (offsets_ == nullptr) {
    ASSIGN_OR_RETURN(OffsetReader reader, OffsetReader::Open(log_.options(), "read_uncommitted"));
    offsets_ = std::make_unique<OffsetReader>(std::move(reader));
  }
  absl::StatusOr<std::vector<int64_t>> ends = offsets_->Ends(std::move(partitions));
  // A handle that has seen a broker die may never answer again.
  if (!ends.ok()) offsets_ = nullptr;
  return ends;
}

absl::StatusOr<std::vector<InputBatch>> KafkaMember::Fetch(int partition, const FetchLimits& limits) {
  auto it = tasks_.find(partition);
  INVARIANT(it != tasks_.end(), absl::StrCat(kind_.name, "/", partition, " is not owned"));
  const Task& task = it->second;
  // Asked before anything is read: what was appended before the call is below these ends.
  absl::StatusOr<std::vector<int64_t>> ends = absl::UnavailableError("not asked for");
  if (limits.wants_complete) ends = EndsOf(task);
  std::vector<InputBatch> batches;
  for (size_t i = 0; i < sources_.size(); ++i) {
    ASSIGN_OR_RETURN(PartitionReader::Read read, ReaderOf(task, i).ReadFrom(PositionOf(task, i), limits));
    // An open transaction, or an answer that is still on its way, leaves what was seen below the high watermark.
    const bool complete = ends.ok() && read.seen_to >= (*ends)[i];
    batches.push_back({std::move(read.records), complete, read.at_known_end});
  }
  return batches;
}

const StateView& KafkaMember::State(int partition) {
  auto it = tasks_.find(partition);
  INVARIANT(it != tasks_.end(), absl::StrCat(kind_.name, "/", partition, " is not owned"));
  return *it->second.state;
}

absl::StatusOr<std::vector<InputPosition>> KafkaMember::Positions(int partition) const {
  auto it = tasks_.find(partition);
  INVARIANT(it != tasks_.end(), absl::StrCat(kind_.name, "/", partition, " is not owned"));
  std::vector<InputPosition> positions;
  for (size_t i = 0; i < sources_.size(); ++i) {
    positions.push_back({sources_[i], ReaderOf(it->second, i).NextAfter(PositionOf(it->second, i))});
  }
  return positions;
}

int64_t KafkaMember::Lag(int partition) const {
  auto it = tasks_.find(partition);
  if (it == tasks_.end()) return 0;
  int64_t lag = 0;
  for (size_t i = 0; i < sources_.size(); ++i) lag += ReaderOf(it->second, i).BehindAt(PositionOf(it->second, i));
  return lag;
}

// --- committing ---

absl::Status KafkaMember::Check(const std::vector<TaskCommit>& commits) const {
  for (const TaskCommit& commit : commits) {
    if (!tasks_.contains(commit.partition)) {
      return absl::AbortedError(absl::StrCat(kind_.name, "/", commit.partition, " is another member's now"));
    }
    for (const OutRecord& output : commit.outputs) RETURN_IF_ERROR(log_.topics().PartitionOf(output).status());
    for (const StateChange& change : commit.changes) {
      INVARIANT(change.key.substr(0, kReservedPrefix.size()) != kReservedPrefix, "a state key begins with two zero bytes");
    }
  }
  return absl::OkStatus();
}

absl::Status KafkaMember::Write(const TaskCommit& commit, const Checkpoint& next, int64_t* changelog_offset) {
  for (const OutRecord& output : commit.outputs) {
    ASSIGN_OR_RETURN(const int partition, log_.topics().PartitionOf(output));
    RETURN_IF_ERROR(
        transactor_->Produce(output.topic, partition, output.key, absl::string_view(output.value), output.id, nullptr));
  }
  const std::string changelog = absl::StrCat(kind_.name, ".state");
  for (const StateChange& change : commit.changes) {
    std::optional<absl::string_view> value;
    if (change.value.has_value()) value = *change.value;
    RETURN_IF_ERROR(transactor_->Produce(changelog, commit.partition, change.key, value, "", changelog_offset));
  }
  return transactor_->Produce(changelog, commit.partition, kPositionsKey, absl::string_view(EncodePositions(next.positions)), "",
                              changelog_offset);
}

// Those of its inputs, also when none moved: only with positions does a commit carry the member's generation.
std::vector<TopicPartition> KafkaMember::GroupPositions(const TaskCommit& commit, const Checkpoint& next) const {
  std::vector<TopicPartition> positions;
  for (const std::string& input : kind_.inputs) {
    auto it = next.positions.find(input);
    positions.push_back({log_.Physical(input), commit.partition, it == next.positions.end() ? 0 : it->second});
  }
  return positions;
}

absl::StatusOr<CommitPoint> KafkaMember::Commit(std::vector<TaskCommit> commits) {
  RETURN_IF_ERROR(Check(commits));
  std::vector<Checkpoint> next(commits.size());
  std::vector<TopicPartition> positions;
  RETURN_IF_ERROR(transactor_->Begin());
  for (size_t i = 0; i < commits.size(); ++i) {
    const TaskCommit& commit = commits[i];
    next[i].positions = tasks_.at(commit.partition).checkpoint.positions;
    for (const InputPosition& position : commit.positions) next[i].positions[position.topic] = position.next_offset;
    const absl::Status written = Write(commit, next[i], &next[i].changelog_offset);
    if (!written.ok()) return transactor_->Abort(written);
    const std::vector<TopicPartition> moved = GroupPositions(commit, next[i]);
    positions.insert(positions.end(), moved.begin(), moved.end());
  }
  RETURN_IF_ERROR(transactor_->Commit(positions, consumer_.get()));
  RETURN_IF_ERROR(Keep(commits, next));
  return log_.NextPoint();
}

// The cluster has it; now the local copies.
absl::Status KafkaMember::Keep(std::vector<TaskCommit>& commits, std::vector<Checkpoint>& next) {
  for (size_t i = 0; i < commits.size(); ++i) {
    Task& task = tasks_.at(commits[i].partition);
    // The next to apply is behind the last written.
    ++next[i].changelog_offset;
    next[i].time = log_.clock().Now();
    RETURN_IF_ERROR(task.state->Apply(commits[i].changes, next[i]));
    task.checkpoint = std::move(next[i]);
    for (size_t s = 0; s < kind_.inputs.size(); ++s) task.readers[s]->Forget(PositionOf(task, s));
  }
  for (size_t s = kind_.inputs.size(); s < sources_.size(); ++s) {
    int64_t oldest = std::numeric_limits<int64_t>::max();
    for (const auto& [partition, task] : tasks_) oldest = std::min(oldest, PositionOf(task, s));
    broadcast_readers_[s - kind_.inputs.size()]->Forget(oldest);
  }
  return absl::OkStatus();
}

}  // namespace touchstone::eventlog::kafka
