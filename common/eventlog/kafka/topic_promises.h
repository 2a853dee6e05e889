#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/eventlog/kafka/topics_admin.h"

// What a topic must be for the promises of the log to hold. Pure.
namespace touchstone::eventlog::kafka {

// Settings of a topic in Kafka's words, by name.
using TopicSettings = std::map<std::string, std::string>;

// What the manifest means: what a topic is created with.
TopicSettings DeclaredSettings(const TopicSpec& topic, const TopicsManifest& manifest);

// A topic as a cluster has it.
struct ActualTopic {
  // Its name in the cluster.
  std::string name;
  int partitions = 0;
  // Of the partition that has fewest.
  int replicas = 0;
  TopicSettings settings;
};

// In which it differs from what is declared, and what each means. `bootstrap` is for the commands that mend it.
std::vector<TopicDifference> Differences(const TopicSpec& topic, const TopicsManifest& manifest, const ActualTopic& actual,
                                         absl::string_view bootstrap);

}  // namespace touchstone::eventlog::kafka
