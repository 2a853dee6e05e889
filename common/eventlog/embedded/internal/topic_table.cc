#include "common/eventlog/embedded/internal/topic_table.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "common/eventlog/embedded/internal/coding.h"
#include "common/eventlog/embedded/internal/storage_error.h"
#include "common/eventlog/embedded/internal/store.h"
#include "common/eventlog/state_view.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::embedded {
namespace {

// Keys hold both in two bytes.
constexpr int kPartitionsMax = std::numeric_limits<uint16_t>::max();

struct Stored {
  TopicNumber number = 0;
  int partitions = 0;
};

using StoredByName = absl::flat_hash_map<std::string, Stored>;

absl::StatusOr<StoredByName> ReadStored(const Store& store, absl::string_view folder) {
  StoredByName stored;
  bool whole = true;
  RETURN_IF_ERROR(
      store.Scan(store.meta(), kTopicKeyPrefix, PrefixEnd(kTopicKeyPrefix), [&](absl::string_view key, absl::string_view value) {
        uint16_t partitions = 0;
        Stored& topic = stored[std::string(key.substr(1))];
        whole = TakeFixed16(value, topic.number) && TakeFixed16(value, partitions);
        topic.partitions = partitions;
        return whole;
      }));
  if (!whole) return DamagedFolder(folder, "has a list of topics that cannot be read");
  return stored;
}

std::string EncodeStored(const Stored& stored) {
  std::string value;
  AppendFixed16(value, stored.number);
  AppendFixed16(value, static_cast<uint16_t>(stored.partitions));
  return value;
}

absl::StatusOr<int64_t> BeginOffset(const Store& store, TopicNumber number, int32_t partition) {
  ASSIGN_OR_RETURN(const std::optional<std::string> value, store.Get(store.meta(), BeginKey(number, partition)));
  if (!value) return int64_t{0};
  int64_t offset = 0;
  if (!ParseOffset(*value, offset)) return absl::DataLossError("the store's record of a partition's begin cannot be read");
  return offset;
}

absl::Status CheckPartitions(absl::string_view folder, const TopicSpec& spec, const Stored& stored) {
  if (spec.partitions == stored.partitions) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("data folder '", folder, "' was made with ", stored.partitions,
                                                    " partitions for topic '", spec.name, "', and the configuration says ",
                                                    spec.partitions, ": set it to ", stored.partitions,
                                                    ", or begin with an empty folder. Nothing was changed."));
}

}  // namespace

absl::StatusOr<TopicCatalog> StoredTopics(const Store& store, absl::string_view folder) {
  ASSIGN_OR_RETURN(const StoredByName stored, ReadStored(store, folder));
  std::vector<TopicSpec> topics;
  for (const auto& [name, topic] : stored) topics.push_back({name, topic.partitions});
  std::sort(topics.begin(), topics.end(), [](const TopicSpec& one, const TopicSpec& other) { return one.name < other.name; });
  return TopicCatalog(std::move(topics));
}

absl::StatusOr<std::unique_ptr<TopicTable>> TopicTable::Load(const Store& store, absl::string_view folder,
                                                             const TopicCatalog& catalog) {
  ASSIGN_OR_RETURN(const StoredByName stored, ReadStored(store, folder));
  int next_number = 0;
  for (const auto& [name, topic] : stored) next_number = std::max(next_number, topic.number + 1);
  std::unique_ptr<TopicTable> table(new TopicTable);
  for (const TopicSpec& spec : catalog.topics()) {
    if (spec.partitions < 1 || spec.partitions > kPartitionsMax || table->Find(spec.name) != nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("topic '", spec.name, "' is declared twice or has ", spec.partitions,
                                                     " partitions (1 to ", kPartitionsMax, ")"));
    }
    auto found = stored.find(spec.name);
    Stored topic{static_cast<TopicNumber>(next_number), spec.partitions};
    if (found != stored.end()) {
      topic = found->second;
      RETURN_IF_ERROR(CheckPartitions(folder, spec, topic));
    } else {
      ++next_number;
      table->additions_.emplace_back(absl::StrCat(kTopicKeyPrefix, spec.name), EncodeStored(topic));
    }
    RETURN_IF_ERROR(table->Add(spec, topic.number, store));
  }
  return table;
}

absl::Status TopicTable::Add(const TopicSpec& spec, TopicNumber number, const Store& store) {
  auto topic = std::make_unique<Topic>();
  topic->spec = spec;
  topic->number = number;
  for (int32_t partition = 0; partition < spec.partitions; ++partition) {
    ASSIGN_OR_RETURN(const int64_t begin, BeginOffset(store, number, partition));
    auto log = std::make_unique<PartitionLog>(store, number, partition);
    RETURN_IF_ERROR(log->Load(begin));
    topic->partitions.push_back(std::move(log));
  }
  by_name_[spec.name] = topic.get();
  topics_.push_back(std::move(topic));
  return absl::OkStatus();
}

const Topic* TopicTable::Find(absl::string_view name) const {
  auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

absl::StatusOr<const Topic*> TopicTable::Require(absl::string_view name) const {
  const Topic* topic = Find(name);
  if (topic == nullptr) return absl::NotFoundError(absl::StrCat("no topic '", name, "' is declared"));
  return topic;
}

}  // namespace touchstone::eventlog::embedded
