#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/eventlog/kafka/producer.h"
#include "common/eventlog/transfer/source_partition.h"

namespace touchstone::eventlog::transfer {

// Writes records to partitions of a cluster at the offsets where they must lie. Used by one thread.
//
// Not in transactions, whose markers take offsets: by an idempotent producer, so that offset follows offset. What a process that
// died had under way is fenced by nothing; so each delivery is held against the offset that was expected.
class PartitionWriter {
 public:
  using Progress = std::function<void()>;
  static absl::StatusOr<std::unique_ptr<PartitionWriter>> Open(const KafkaOptions& options);

  // Appends the records of `source` from the `from`th on, up to `until`, where the first of them must get the offset `offset`.
  // Blocks until all are delivered. FAILED_PRECONDITION: somebody else writes there, or the topic gives times of its own.
  absl::Status Write(const SourcePartition& source, int64_t from, int64_t until, int64_t offset, const Progress& progress);

 private:
  PartitionWriter() = default;
  void OnDelivered(const rd_kafka_message_t& message);
  absl::Status Produce(const SourcePartition& source, const SourceRecord& record, int64_t offset);

  std::unique_ptr<kafka::Producer> producer_;
  // The first thing that went wrong.
  absl::Status failure_;
};

// Uses up offsets of partitions, so that what follows lies further on, with records that no reader of committed records ever
// sees: those of transactions that are aborted. Used by one thread.
class OffsetFiller {
 public:
  // Ends what an earlier process left open; blocks until then.
  static absl::StatusOr<std::unique_ptr<OffsetFiller>> Open(const KafkaOptions& options);

  // At least `count` offsets of a partition, and one more where that cannot be; more than zero. The partition's end moves by as
  // many: ask for it.
  absl::Status Fill(const SourcePartition& source, int64_t count);

 private:
  OffsetFiller() = default;
  absl::Status Abort(const SourcePartition& source, int64_t records);

  std::unique_ptr<kafka::Producer> producer_;
  int64_t delivered_ = 0;
  rd_kafka_resp_err_t undelivered_ = RD_KAFKA_RESP_ERR_NO_ERROR;
};

}  // namespace touchstone::eventlog::transfer
