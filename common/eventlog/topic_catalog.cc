#include "common/eventlog/topic_catalog.h"

#include "absl/strings/str_cat.h"
#include "common/ids/partitioner.h"

namespace touchstone::eventlog {

TopicCatalog::TopicCatalog(std::vector<TopicSpec> topics) : topics_(std::move(topics)) {}

absl::StatusOr<TopicSpec> TopicCatalog::Find(absl::string_view name) const {
  for (const TopicSpec& topic : topics_) {
    if (topic.name == name) return topic;
  }
  return absl::NotFoundError(absl::StrCat("no topic '", name, "' is declared"));
}

absl::StatusOr<int> TopicCatalog::PartitionFor(absl::string_view topic, absl::string_view key) const {
  absl::StatusOr<TopicSpec> spec = Find(topic);
  if (!spec.ok()) return spec.status();
  return ids::PartitionFor(key, spec->partitions);
}

TopicCatalog TopicCatalog::WithPartitions(int partitions) const {
  std::vector<TopicSpec> topics = topics_;
  for (TopicSpec& topic : topics) {
    if (topic.partitions != 1) topic.partitions = partitions;
  }
  return TopicCatalog(std::move(topics));
}

}  // namespace touchstone::eventlog
