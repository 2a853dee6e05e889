#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "common/eventlog/kafka/rdkafka.h"
#include "common/eventlog/transfer/source_partition.h"

namespace touchstone::eventlog::transfer {

// What of a partition is on the cluster already.
struct Written {
  // The offset of the first record; -1 where there is none yet.
  int64_t base = -1;
  // Records, each what it must be.
  int64_t count = 0;
};

// Reads partitions of a cluster beside what they must hold. Used by one thread.
class Comparison {
 public:
  // Told of each record; may be empty.
  using Progress = std::function<void()>;
  static absl::StatusOr<Comparison> Open(const KafkaOptions& options);

  // Compares the committed records below `end`, the high watermark, with the first ones of `source`: key, id, value, time, and
  // that they follow each other. FAILED_PRECONDITION names the first that is another's, and what to do. UNAVAILABLE: the broker.
  absl::StatusOr<Written> Compare(const SourcePartition& source, int64_t end, const Progress& progress);

 private:
  Comparison(kafka::Client client, std::string prefix) : client_(std::move(client)), prefix_(std::move(prefix)) {}
  // Null: there is no more below `end`.
  absl::StatusOr<kafka::Message> Next(const SourcePartition& source, int64_t end);

  kafka::Client client_;
  const std::string prefix_;
};

}  // namespace touchstone::eventlog::transfer
