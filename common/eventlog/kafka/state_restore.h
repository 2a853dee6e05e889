#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/eventlog/kafka/cluster.h"
#include "common/eventlog/kafka/state_store.h"

namespace touchstone::eventlog::kafka {

class KafkaLog;

// Brings the local copies of tasks that a member has gained up to the last commit that any member made, a step at a time. In
// this order, or input would resume over stale state:
//
//   1. the group's committed offsets, once no transaction holds them back: whoever had the tasks before commits no more
//   2. the changelogs' high watermarks: everything that was committed lies below them
//   3. the changelogs up to there, committed records only: an open transaction below the watermark is waited for
//
// Used by one thread.
class StateRestore {
 public:
  struct Restored {
    std::unique_ptr<TaskState> state;
    Checkpoint checkpoint;
  };

  // `log`, `store` and `consumer`, a member of the kind's group, outlive it.
  StateRestore(KafkaLog& log, const StateStore& store, rd_kafka_t* consumer, std::string kind, std::vector<std::string> inputs,
               std::vector<int> partitions);

  // Goes on for about kStep; true once all is done. DATA_LOSS: a changelog has lost what was committed.
  absl::StatusOr<bool> Step();
  static constexpr absl::Duration kStep = absl::Milliseconds(50);

  // Once done.
  std::map<int, Restored> Take() { return std::move(tasks_); }

  // A copy older than this is not trusted: the changelog may have dropped the tombstones that it lacks.
  static constexpr absl::Duration kCopyAgeMax = absl::Hours(12);

 private:
  enum class Phase { kCommitted, kWatermarks, kRead, kDone };
  struct Progress {
    int64_t end = 0;
    std::vector<StateChange> changes;
  };

  absl::Status ReadCommitted();
  absl::Status ReadWatermarks();
  absl::Status LoadCopy(int partition, int64_t begin, int64_t end);
  absl::Status StartReading();
  absl::Status ReadSome();
  absl::Status TakeMessage(const rd_kafka_message_t& message);
  absl::Status Flush(int partition);
  absl::Status CheckNothingLost() const;
  bool Complete() const;

  KafkaLog& log_;
  rd_kafka_t* const consumer_;
  const std::string kind_;
  const std::vector<std::string> inputs_;
  const std::string changelog_;
  Phase phase_ = Phase::kCommitted;
  std::map<int, Restored> tasks_;
  std::map<int, Progress> progress_;
  // By partition: what the group says.
  std::map<int, TaskPositions> committed_;
  Client reader_;
  Queue reader_queue_;
};

}  // namespace touchstone::eventlog::kafka
