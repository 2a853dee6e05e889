#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/eventlog/kafka/rdkafka.h"

namespace touchstone::eventlog::kafka {

// How long a broker may take to answer the first question.
inline constexpr absl::Duration kConnectTimeout = absl::Seconds(5);
inline constexpr absl::Duration kAnswerTimeout = absl::Seconds(5);

// What a cluster says about itself.
struct Cluster {
  std::string id;
  // By name in the cluster.
  std::map<std::string, int> partition_counts;
  // Of the partition that has fewest.
  std::map<std::string, int> replica_counts;
};

// Asks; blocks up to kConnectTimeout. UNAVAILABLE: `no broker answers at 127.0.0.1:9092`. PERMISSION_DENIED: brokers do not take
// its name and password.
absl::StatusOr<Cluster> ReadCluster(const KafkaOptions& options, rd_kafka_t* handle);

// Where partitions begin and end at the moment of the question. Used by one thread; blocks up to kAnswerTimeout.
class OffsetReader {
 public:
  // With `read_uncommitted` the end is the high watermark; with `read_committed` the last stable offset, below which no
  // transaction is open.
  static absl::StatusOr<OffsetReader> Open(const KafkaOptions& options, absl::string_view isolation);

  absl::StatusOr<std::vector<int64_t>> Ends(std::vector<TopicPartition> partitions) const {
    return Ask(std::move(partitions), RD_KAFKA_OFFSET_END);
  }
  // The oldest offset kept.
  absl::StatusOr<std::vector<int64_t>> Begins(std::vector<TopicPartition> partitions) const {
    return Ask(std::move(partitions), RD_KAFKA_OFFSET_BEGINNING);
  }

 private:
  explicit OffsetReader(Client client) : client_(std::move(client)) {}
  absl::StatusOr<std::vector<int64_t>> Ask(std::vector<TopicPartition> partitions, int64_t which) const;

  Client client_;
};

// Begins to read at explicit offsets. The topics' metadata is fetched first: without it assign() waits for up to a second.
absl::Status AssignAt(rd_kafka_t* consumer, const std::vector<TopicPartition>& partitions);

}  // namespace touchstone::eventlog::kafka
