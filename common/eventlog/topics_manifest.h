#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/eventlog/topic_catalog.h"

namespace touchstone::eventlog {

// What deploy/topics.yaml declares. A value.
struct TopicsManifest {
  TopicCatalog catalog;
  std::string prefix;
  int replication_factor = 1;
  int min_insync_replicas = 1;
};

// INVALID_ARGUMENT says file:line:column: unknown fields, a topic declared twice, counts below one, more replicas
// in sync than there are, names Kafka does not take.
absl::StatusOr<TopicsManifest> ParseTopicsManifest(absl::string_view file_name, absl::string_view text);

// The same from a file; also the errors of config::ReadFileText, NOT_FOUND where it is not there. Blocks for the read.
absl::StatusOr<TopicsManifest> ReadTopicsManifest(const std::string& path);

}  // namespace touchstone::eventlog
