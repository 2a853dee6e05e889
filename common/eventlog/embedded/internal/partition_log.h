#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "common/eventlog/embedded/internal/chunk.h"
#include "common/eventlog/embedded/internal/keys.h"
#include "common/eventlog/record.h"

namespace touchstone::eventlog::embedded {

class Store;

// A chunk as it was written, kept for readers at the log's end.
struct RecentChunk {
  int64_t base_offset = 0;
  ChunkHeader header;
  std::shared_ptr<const std::string> payload;

  int64_t end_offset() const { return base_offset + header.count; }
  int64_t bytes() const { return static_cast<int64_t>(payload->size() + sizeof(RecentChunk)); }
};

// What a read is limited to. At least one record is read where there is one, however large.
struct ReadLimits {
  int64_t records_max = 0;
  int64_t bytes_max = 0;
};

// One partition of a topic: which offsets there are, and its records, from memory where they are recent and from the store
// where not. Thread-safe; reads do not hold the lock.
class PartitionLog {
 public:
  PartitionLog(const Store& store, TopicNumber topic, int32_t partition) : store_(store), topic_(topic), partition_(partition) {}

  // What the store has; before any other call. DATA_LOSS: the last chunk cannot be read.
  absl::Status Load(int64_t begin_offset);

  TopicNumber topic() const { return topic_; }
  int32_t partition() const { return partition_; }

  int64_t begin_offset() const;
  // Behind the last record written, and behind the last durable one.
  int64_t end_offset() const;
  int64_t durable_offset() const;

  // In the order of offsets. The chunk is in the store already.
  void Publish(RecentChunk chunk);
  void AdvanceDurable(int64_t offset);
  void AdvanceBegin(int64_t offset);
  // Forgets the oldest recent chunk.
  void ForgetOldest();

  // Visits the records of [from, end) in order until `visit` returns false.
  using Visit = absl::FunctionRef<bool(const RecordView& record)>;
  absl::Status Read(int64_t from, int64_t end, Visit visit) const;

  // Appends records of [from, end) to `records`; returns the offset to go on from in `next`: `end` where all is read.
  absl::Status Read(int64_t from, int64_t end, const ReadLimits& limits, std::vector<Record>& records, int64_t& next) const;

 private:
  absl::Status ReadStore(int64_t from, int64_t end, Visit visit) const;
  // The recent chunks from that of `from` on; empty where `from` is not recent any more.
  std::vector<RecentChunk> RecentFrom(int64_t from, int64_t end) const;

  const Store& store_;
  const TopicNumber topic_;
  const int32_t partition_;

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  int64_t begin_offset_ = 0;
  int64_t end_offset_ = 0;
  int64_t durable_offset_ = 0;
  std::deque<RecentChunk> recent_;
};

}  // namespace touchstone::eventlog::embedded
