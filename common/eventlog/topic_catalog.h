#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/record.h"

namespace touchstone::eventlog {

// One topic as deploy/topics.yaml declares it. Names are without the deployment's prefix.
struct TopicSpec {
  std::string name;
  int partitions = 1;
  // Only the newest record of each key is kept for good.
  bool compacted = false;
  // Records older than this may go. Infinite: kept.
  absl::Duration retention = absl::InfiniteDuration();
};

// The partition of its topic that a record goes to. INVALID_ARGUMENT: the topic has no such partition, or the record is above
// kRecordBytesMax.
absl::StatusOr<int> PartitionOf(const TopicSpec& topic, const OutRecord& record);

// All topics, in the manifest's order, which also breaks ties between inputs of equal append time. Immutable.
class TopicCatalog {
 public:
  TopicCatalog() = default;
  explicit TopicCatalog(std::vector<TopicSpec> topics);

  // NOT_FOUND names the topic.
  absl::StatusOr<TopicSpec> Find(absl::string_view name) const;
  const std::vector<TopicSpec>& topics() const { return topics_; }

  // The partition a key goes to, as every Kafka client with the Java partitioner picks it. NOT_FOUND: no such topic.
  absl::StatusOr<int> PartitionFor(absl::string_view topic, absl::string_view key) const;

  // As PartitionOf above; INVALID_ARGUMENT also where the record's topic is not declared.
  absl::StatusOr<int> PartitionOf(const OutRecord& record) const;

  // The same topics with `partitions` each, but for those that have one: what an embedded folder is made with.
  TopicCatalog WithPartitions(int partitions) const;

 private:
  // Null: no such topic.
  const TopicSpec* Declared(absl::string_view name) const;

  std::vector<TopicSpec> topics_;
};

}  // namespace touchstone::eventlog
