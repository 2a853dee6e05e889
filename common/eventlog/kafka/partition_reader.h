#pragma once

#include <deque>
#include <string>

#include "absl/status/statusor.h"
#include "common/eventlog/event_log.h"
#include "common/eventlog/kafka/rdkafka.h"

namespace touchstone::eventlog::kafka {

// One partition's committed records in order, kept from the last commit on so that they can be read again. Used by one
// thread; never blocks.
class PartitionReader {
 public:
  // Takes the partition's messages away from the consumer's own queue: make it before the partition is assigned at
  // `start` (an offset; 0 is the oldest kept). `consumer` and `changes`, which is raised as messages come, outlive it.
  PartitionReader(rd_kafka_t* consumer, TopicPartition start, ChangeSignal& changes);
  ~PartitionReader();
  PartitionReader(const PartitionReader&) = delete;
  PartitionReader& operator=(const PartitionReader&) = delete;

  struct Read {
    std::vector<Record> records;
    // Up to where the partition was seen to the end of it; -1 where there is more than `records`.
    int64_t seen_to = -1;
    // There is no more as far as the broker has told.
    bool at_known_end = false;
  };
  // Records from `position` on. DATA_LOSS: what comes next is no longer kept.
  absl::StatusOr<Read> ReadFrom(int64_t position, const FetchLimits& limits);

  // Nobody will read before `position` again.
  void Forget(int64_t position);

  // How many records from `position` on it holds, and as far as the broker has told, how many offsets there are behind them.
  int64_t BehindAt(int64_t position) const;

  // `position`, or where the records that are known behind it begin, past what is no record (markers of transactions).
  int64_t NextAfter(int64_t position) const;
  const TopicPartition& partition() const { return partition_; }

  // What it holds at most, where somebody reads slowly what others forget late.
  static constexpr size_t kRecordsMax = 100'000;

 private:
  // As of the broker's last answer; -1 before the first.
  int64_t KnownEnd() const;
  absl::Status Pull(int64_t position, const FetchLimits& limits);
  std::deque<Record>::const_iterator From(int64_t position) const;

  rd_kafka_t* const consumer_;
  const TopicPartition partition_;
  const Queue queue_;
  std::deque<Record> held_;
  int64_t seen_to_;
  absl::Time last_time_ = absl::InfinitePast();
};

}  // namespace touchstone::eventlog::kafka
