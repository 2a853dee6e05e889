#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/embedded/folder_reader.h"

namespace touchstone::eventlog::transfer {

struct SourceRecord {
  absl::string_view key;
  // Empty: none.
  absl::string_view id;
  absl::string_view value;
  absl::Time time;
};

// Records that shall lie in one partition of the cluster, in this order and nothing else. The folder must outlive it and rest, so
// that reading twice gives the same.
class SourcePartition {
 public:
  SourcePartition(std::string topic, int partition) : topic_(std::move(topic)), partition_(partition) {}
  virtual ~SourcePartition() = default;

  // Without the prefix.
  const std::string& topic() const { return topic_; }
  int partition() const { return partition_; }
  // `touchpoints.v1/3`.
  std::string name() const;

  virtual int64_t count() const = 0;
  // How many offsets of the folder's partition hold no record: deleted by age, or superseded.
  virtual int64_t gaps() const { return 0; }
  // Visits the records from the `from`th on until `visit` returns false. What it is given lives only during the call.
  using Visit = absl::FunctionRef<bool(const SourceRecord& record)>;
  virtual absl::Status Read(int64_t from, Visit visit) const = 0;

 private:
  const std::string topic_;
  const int partition_;
};

// A partition of a topic.
class TopicSource : public SourcePartition {
 public:
  // Reads it whole, to count.
  static absl::StatusOr<std::unique_ptr<TopicSource>> Open(const FolderReader& folder, const std::string& topic, int partition);

  int64_t count() const override { return count_; }
  int64_t gaps() const override { return end_ - count_; }
  absl::Status Read(int64_t from, Visit visit) const override;

  // How many records lie at or behind an offset of the folder's.
  absl::StatusOr<int64_t> CountFrom(int64_t offset) const;

 private:
  TopicSource(const FolderReader& folder, const std::string& topic, int partition)
      : SourcePartition(topic, partition), folder_(folder) {}

  const FolderReader& folder_;
  int64_t first_ = 0;
  int64_t end_ = 0;
  int64_t count_ = 0;
};

// A partition of a task kind's changelog: the state by key, then the task's position, once that is known.
class ChangelogSource : public SourcePartition {
 public:
  static absl::StatusOr<std::unique_ptr<ChangelogSource>> Open(const FolderReader& folder, const std::string& kind,
                                                               int partition);

  // Of its state.
  int64_t key_count() const { return keys_; }
  int64_t count() const override { return keys_ + (positions_.empty() ? 0 : 1); }
  absl::Status Read(int64_t from, Visit visit) const override;

  void SetPositions(std::string encoded) { positions_ = std::move(encoded); }

 private:
  ChangelogSource(const FolderReader& folder, const std::string& kind, int partition);

  const FolderReader& folder_;
  const std::string kind_;
  int64_t keys_ = 0;
  std::string positions_;
};

}  // namespace touchstone::eventlog::transfer
