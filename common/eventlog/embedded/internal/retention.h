#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/eventlog/embedded/internal/task_table.h"
#include "common/eventlog/embedded/internal/topic_table.h"

namespace touchstone::eventlog::embedded {

class Durability;
class LogWriter;
class Store;

// Deletes chunks that are older than their topic's retention, durable, and committed past by every task of every kind that has
// ever joined the folder. One thread at a time.
class Retention {
 public:
  Retention(Store& store, const TopicTable& topics, const TaskTable& tasks, LogWriter& writer, const Durability& durability)
      : store_(store), topics_(topics), tasks_(tasks), writer_(writer), durability_(durability) {}

  absl::Status Run(absl::Time now);

 private:
  // Deleted, but maybe not durably yet.
  struct Deleted {
    uint64_t write;
    std::string begin;
    std::string end;
  };

  absl::Status Clean(const Topic& topic, PartitionLog& log, int64_t cutoff_micros);
  // The first offset of [begin, end) whose record is not older; `end` if all are.
  absl::StatusOr<int64_t> FirstKept(const PartitionLog& log, int64_t begin, int64_t end, int64_t cutoff_micros) const;
  // The largest chunk boundary at or before `offset`.
  absl::StatusOr<int64_t> ChunkBoundary(const PartitionLog& log, int64_t offset) const;
  void DropDurablyDeleted();

  Store& store_;
  const TopicTable& topics_;
  const TaskTable& tasks_;
  LogWriter& writer_;
  const Durability& durability_;
  std::deque<Deleted> deleted_;
};

}  // namespace touchstone::eventlog::embedded
