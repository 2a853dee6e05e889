#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/eventlog/embedded/internal/partition_log.h"
#include "common/eventlog/topic_catalog.h"

namespace touchstone::eventlog::embedded {

class Store;

// The topics that a store was made with, each with its partition count and no more.
absl::StatusOr<TopicCatalog> StoredTopics(const Store& store, absl::string_view folder);

struct Topic {
  TopicSpec spec;
  TopicNumber number = 0;
  std::vector<std::unique_ptr<PartitionLog>> partitions;
};

// The topics of a folder, with their numbers in it. Immutable once loaded; thread-safe then.
class TopicTable {
 public:
  // Compares the catalog with what the folder was made with. FAILED_PRECONDITION: a topic has another number of partitions
  // there. Topics new to the folder are numbered: additions().
  static absl::StatusOr<std::unique_ptr<TopicTable>> Load(const Store& store, absl::string_view folder,
                                                          const TopicCatalog& catalog);

  // Keys and values of `meta` that must be written before anything is appended.
  const std::vector<std::pair<std::string, std::string>>& additions() const { return additions_; }

  // Null: no such topic.
  const Topic* Find(absl::string_view name) const;
  // NOT_FOUND names it.
  absl::StatusOr<const Topic*> Require(absl::string_view name) const;
  const std::vector<std::unique_ptr<Topic>>& topics() const { return topics_; }

 private:
  absl::Status Add(const TopicSpec& spec, TopicNumber number, const Store& store);

  std::vector<std::unique_ptr<Topic>> topics_;
  absl::flat_hash_map<std::string, const Topic*> by_name_;
  std::vector<std::pair<std::string, std::string>> additions_;
};

}  // namespace touchstone::eventlog::embedded
