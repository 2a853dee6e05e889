#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/eventlog/event_log.h"
#include "common/eventlog/kafka/cluster.h"
#include "common/eventlog/kafka/group_claims.h"
#include "common/eventlog/kafka/state_store.h"
#include "common/eventlog/kafka/takeover.h"

namespace touchstone::eventlog::kafka {

class KafkaLog;

// Brings the local copies of tasks that a member has gained up to the last commit that any member made, a step at a time. In
// this order, or input would resume over stale state:
//
//   1. who claimed the tasks before and is gone is fenced: what it left open ends now, not at the broker's time-out
//   2. the group's committed offsets, once no transaction holds them back: whoever had the tasks before commits no more
//   3. the changelogs' high watermarks: everything that was committed lies below them
//   4. the changelogs up to there, committed records only: an open transaction below the watermark is waited for
//   5. the tasks are claimed: should this member die in its first transaction, it is known whose that is
//
// Used by one thread.
class StateRestore {
 public:
  struct Restored {
    std::unique_ptr<TaskState> state;
    Checkpoint checkpoint;
  };

  // `log`, `store`, `takeover` and `consumer`, which is the group's member `member_id`, outlive it.
  StateRestore(KafkaLog& log, const StateStore& store, rd_kafka_t* consumer, Takeover& takeover, const TaskKind& kind,
               std::string member_id, std::vector<int> partitions);

  // Goes on for about kStep; true once all is done. DATA_LOSS: a changelog has lost what was committed.
  absl::StatusOr<bool> Step();
  static constexpr absl::Duration kStep = absl::Milliseconds(50);

  // Once done.
  std::map<int, Restored> Take() { return std::move(tasks_); }

  // How often those who follow it are told.
  static constexpr absl::Duration kTellEvery = absl::Seconds(1);

  // A copy older than this is not trusted: the changelog may have dropped the tombstones that it lacks.
  static constexpr absl::Duration kCopyAgeMax = absl::Hours(12);

 private:
  enum class Phase { kTakeover, kCommitted, kWatermarks, kRead, kClaim, kDone };
  struct Progress {
    int64_t begin = 0;
    int64_t end = 0;
    std::vector<StateChange> changes;
  };

  std::vector<TopicPartition> GroupPartitions() const;
  absl::Status TakeOver();
  absl::Status ReadCommitted();
  absl::Status ReadWatermarks();
  absl::Status LoadCopy(int partition, int64_t begin, int64_t end);
  absl::Status StartReading();
  absl::Status ReadSome();
  absl::Status TakeMessage(const rd_kafka_message_t& message);
  absl::Status Flush(int partition);
  absl::Status CheckNothingLost() const;
  absl::Status Claim();
  bool Complete() const;
  void Tell(bool is_done);

  KafkaLog& log_;
  rd_kafka_t* const consumer_;
  const std::string kind_;
  const std::vector<std::string> inputs_;
  const std::string changelog_;
  Takeover& takeover_;
  GroupClaim claim_;
  Phase phase_ = Phase::kTakeover;
  // Questions to the coordinator in vain, one after another.
  int unanswered_ = 0;
  absl::Duration told_;
  std::map<int, Restored> tasks_;
  std::map<int, Progress> progress_;
  // By partition: what the group says.
  std::map<int, TaskPositions> committed_;
  Client reader_;
  Queue reader_queue_;
};

}  // namespace touchstone::eventlog::kafka
