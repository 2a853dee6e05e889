#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

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

  // The same topics with `partitions` each, but for those that have one: what an embedded folder is made with.
  TopicCatalog WithPartitions(int partitions) const;

 private:
  std::vector<TopicSpec> topics_;
};

}  // namespace touchstone::eventlog
