#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/eventlog/event_log.h"
#include "common/eventlog/kafka/kafka_log_impl.h"
#include "common/eventlog/kafka/partition_reader.h"
#include "common/eventlog/kafka/state_restore.h"
#include "common/eventlog/kafka/takeover.h"
#include "common/eventlog/kafka/transactor.h"

namespace touchstone::eventlog::kafka {

// A member of a task kind's group: a consumer for the inputs, one beside the group for the broadcasts, and a transactional
// producer. What it holds of a task is as of the last commit.
class KafkaMember : public Member {
 public:
  // What librdkafka fetches ahead of an input, shared among the kind's partitions, and at least of each of them. Where it has
  // that much of all that a broker leads, it looks no sooner than a second later whether it is read (2.0.2): what a worker does
  // in a second, so that one that drains a backlog does not stand still for the rest of it.
  static constexpr int kQueuedMessages = 200'000;
  static constexpr int kQueuedKilobytes = 65'536;
  static constexpr int kQueuedMessagesMin = 5'000;
  static constexpr int kQueuedKilobytesMin = 2'048;

  // Blocks until earlier transactions of `id` are ended.
  static absl::StatusOr<std::unique_ptr<Member>> Join(KafkaLog& log, const TaskKind& kind, int partition_count, std::string id);
  ~KafkaMember() override;

  absl::StatusOr<OwnershipChange> PollOwnership() override;
  absl::StatusOr<std::vector<InputBatch>> Fetch(int partition, const FetchLimits& limits) override;
  const StateView& State(int partition) override;
  absl::StatusOr<CommitPoint> Commit(std::vector<TaskCommit> commits) override;
  absl::StatusOr<std::vector<InputPosition>> Positions(int partition) const override;
  int64_t Lag(int partition) const override;

 private:
  struct Task {
    std::unique_ptr<TaskState> state;
    Checkpoint checkpoint;
    // One for each input.
    std::vector<std::unique_ptr<PartitionReader>> readers;
  };

  KafkaMember(KafkaLog& log, const TaskKind& kind, int partition_count, std::string id);
  absl::Status Start();
  void OnRebalance(rd_kafka_resp_err_t what, const rd_kafka_topic_partition_list_t& partitions);
  absl::Status ServeConsumer();
  absl::Status Gain();
  absl::Status ReadBroadcasts();
  // The reader of source `i` (inputs, then broadcasts) for a task.
  PartitionReader& ReaderOf(const Task& task, size_t i) const;
  // Where the sources end now: the high watermarks.
  absl::StatusOr<std::vector<int64_t>> EndsOf(const Task& task) const;
  int64_t PositionOf(const Task& task, size_t i) const;

  absl::Status Check(const std::vector<TaskCommit>& commits) const;
  absl::Status Write(const TaskCommit& commit, const Checkpoint& next, int64_t* changelog_offset);
  std::vector<TopicPartition> GroupPositions(const TaskCommit& commit, const Checkpoint& next) const;
  absl::Status Keep(std::vector<TaskCommit>& commits, std::vector<Checkpoint>& next);

  KafkaLog& log_;
  const TaskKind kind_;
  const int partition_count_;
  const std::string id_;
  // Inputs, then broadcasts, without the prefix.
  std::vector<std::string> sources_;

  // Filled by the rebalance callback, inside ServeConsumer.
  std::set<int> lost_;
  std::vector<int> assigned_;
  bool newly_assigned_ = false;
  // What was assigned last is restored.
  bool settled_ = false;

  std::shared_ptr<const StateStore> store_;
  Client consumer_;
  Queue consumer_queue_;
  Client broadcast_consumer_;
  std::unique_ptr<Transactor> transactor_;
  mutable std::unique_ptr<OffsetReader> offsets_;  // Made when it is needed, and anew after it failed.
  std::unique_ptr<Takeover> takeover_;
  std::unique_ptr<StateRestore> restore_;
  std::vector<std::unique_ptr<PartitionReader>> broadcast_readers_;
  std::map<int, Task> tasks_;
};

}  // namespace touchstone::eventlog::kafka
