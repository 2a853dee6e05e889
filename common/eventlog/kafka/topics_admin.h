#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/eventlog/event_log.h"
#include "common/eventlog/kafka/kafka_options.h"
#include "common/eventlog/topics_manifest.h"

// The library behind `touchstone topics plan | apply | check`, and behind what a process checks when it starts.
namespace touchstone::eventlog {

// What a cluster has differently from the manifest.
struct TopicDifference {
  // By its name in the cluster.
  std::string topic;
  // `partitions`, `cleanup.policy`, ...
  std::string setting;
  std::string declared;
  std::string actual;
  // A promise of the log does not hold so: who starts on it refuses. Otherwise it is as good: kept longer, on more brokers.
  bool breaks = false;
  // The command that mends it, where it breaks.
  std::string remedy;

  friend bool operator==(const TopicDifference&, const TopicDifference&) = default;
};

// What lies between a manifest and a cluster.
struct TopicsPlan {
  // The manifest's topics, with the partition counts of those that the cluster has.
  TopicCatalog on_cluster;
  // Without the prefix, in the manifest's order.
  std::vector<TopicSpec> missing;
  std::vector<TopicDifference> differences;
};

// Of `options` only what connects is used; the prefix is the manifest's. Both block for up to 10 s and say UNAVAILABLE
// where no broker answers.
absl::StatusOr<TopicsPlan> PlanTopics(const KafkaOptions& options, const TopicsManifest& manifest);

// OK where all topics are there and no difference breaks a promise. Else FAILED_PRECONDITION, which names them and the commands
// that mend them, the first few of many.
absl::Status CheckPromises(const KafkaOptions& options, const TopicsManifest& manifest, const TopicsPlan& plan);

// `touchstone.news: retention.ms is 1000, declared is 86400000`
std::string TextOf(const TopicDifference& difference);

// OK where the topics that tasks of this kind read together, and its state's, have equal partition counts, and its broadcasts
// one. Else FAILED_PRECONDITION. With the counts of `catalog`, a cluster's; `prefix` is for what is said.
absl::Status CheckCoPartitioned(const TaskKind& kind, const TopicCatalog& catalog, absl::string_view prefix);

// Creates what is missing, and waits until it is known. Never deletes nor changes a topic: differences stay. An error names each
// topic that could not be created; the others are there then. `instead`: settings that hold instead of the manifest's, for now.
absl::Status CreateTopics(const KafkaOptions& options, const TopicsManifest& manifest, const std::vector<TopicSpec>& missing,
                          const std::map<std::string, std::string>& instead = {});

}  // namespace touchstone::eventlog
