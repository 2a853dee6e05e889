#include "common/eventlog/topic_catalog.h"

#include "absl/strings/str_cat.h"
#include "common/ids/partitioner.h"

namespace touchstone::eventlog {
namespace {

std::string NoSuchTopic(absl::string_view name) { return absl::StrCat("no topic '", name, "' is declared"); }

}  // namespace

absl::StatusOr<int> PartitionOf(const TopicSpec& topic, const OutRecord& record) {
  const auto bytes = static_cast<int64_t>(record.key.size() + record.value.size());
  if (bytes > kRecordBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat("a record for topic '", topic.name, "' has ", bytes,
                                                   " bytes of key and value, and ", kRecordBytesMax, " are the limit"));
  }
  const int partition = record.partition.has_value() ? *record.partition : ids::PartitionFor(record.key, topic.partitions);
  if (partition < 0 || partition >= topic.partitions) {
    return absl::InvalidArgumentError(absl::StrCat("topic '", topic.name, "' has ", topic.partitions,
                                                   " partitions, and partition ", partition, " is asked for"));
  }
  return partition;
}

TopicCatalog::TopicCatalog(std::vector<TopicSpec> topics) : topics_(std::move(topics)) {}

const TopicSpec* TopicCatalog::Declared(absl::string_view name) const {
  for (const TopicSpec& topic : topics_) {
    if (topic.name == name) return &topic;
  }
  return nullptr;
}

absl::StatusOr<TopicSpec> TopicCatalog::Find(absl::string_view name) const {
  const TopicSpec* topic = Declared(name);
  if (topic == nullptr) return absl::NotFoundError(NoSuchTopic(name));
  return *topic;
}

absl::StatusOr<int> TopicCatalog::PartitionFor(absl::string_view topic, absl::string_view key) const {
  const TopicSpec* declared = Declared(topic);
  if (declared == nullptr) return absl::NotFoundError(NoSuchTopic(topic));
  return ids::PartitionFor(key, declared->partitions);
}

absl::StatusOr<int> TopicCatalog::PartitionOf(const OutRecord& record) const {
  const TopicSpec* declared = Declared(record.topic);
  if (declared == nullptr) return absl::InvalidArgumentError(NoSuchTopic(record.topic));
  return eventlog::PartitionOf(*declared, record);
}

TopicCatalog TopicCatalog::WithPartitions(int partitions) const {
  std::vector<TopicSpec> topics = topics_;
  for (TopicSpec& topic : topics) {
    if (topic.partitions != 1) topic.partitions = partitions;
  }
  return TopicCatalog(std::move(topics));
}

}  // namespace touchstone::eventlog
