#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/eventlog/kafka/kafka_options.h"
#include "common/eventlog/topics_manifest.h"

// The library behind `touchstone topics plan | apply`.
namespace touchstone::eventlog {

// What a cluster has differently from the manifest. A person must decide about it.
struct TopicDifference {
  // By its name in the cluster.
  std::string topic;
  // `partitions`, `cleanup.policy`, ...
  std::string setting;
  std::string declared;
  std::string actual;

  friend bool operator==(const TopicDifference&, const TopicDifference&) = default;
};

// What lies between a manifest and a cluster.
struct TopicsPlan {
  // Without the prefix, in the manifest's order.
  std::vector<TopicSpec> missing;
  std::vector<TopicDifference> differences;
};

// Of `options` only what connects is used; the prefix is the manifest's. Both block for up to 10 s and say UNAVAILABLE
// where no broker answers.
absl::StatusOr<TopicsPlan> PlanTopics(const KafkaOptions& options, const TopicsManifest& manifest);

// Creates what is missing, and waits until it is known. Never deletes nor changes a topic: differences stay. An error names each
// topic that could not be created; the others are there then. `instead`: settings that hold instead of the manifest's, for now.
absl::Status CreateTopics(const KafkaOptions& options, const TopicsManifest& manifest, const std::vector<TopicSpec>& missing,
                          const std::map<std::string, std::string>& instead = {});

}  // namespace touchstone::eventlog
