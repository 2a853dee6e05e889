#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/eventlog/embedded/internal/topic_table.h"
#include "common/eventlog/event_log.h"

namespace touchstone::eventlog::embedded {

class LogWriter;
class Store;

// A kind of task that has joined this folder at some time.
struct Kind {
  std::string name;
  KindNumber number = 0;
  // The inputs, then the broadcasts.
  std::vector<const Topic*> topics;
  size_t input_count = 0;

  bool is_broadcast(size_t index) const { return index >= input_count; }
  int partition_count() const { return topics.empty() ? 0 : topics.front()->spec.partitions; }
  PartitionLog& log(size_t index, int partition) const {
    return *topics[index]->partitions[is_broadcast(index) ? 0 : static_cast<size_t>(partition)];
  }
};

// Kinds of tasks, who owns their partitions, and their committed positions. Thread-safe.
class TaskTable {
 public:
  TaskTable(const TopicTable& topics, const Store& store) : topics_(topics), store_(store) {}

  // What the folder knows; before any other call.
  absl::Status Load();

  // The kind as it is now, written down where it is new or has changed. NOT_FOUND: no such topic. FAILED_PRECONDITION: no
  // inputs, inputs with different partition counts, a broadcast with more than one. INVALID_ARGUMENT: no name.
  absl::StatusOr<const Kind*> Register(const TaskKind& kind, LogWriter& writer);

  // FAILED_PRECONDITION names a partition that somebody owns: then none is claimed.
  absl::Status Claim(const Kind& kind, const std::vector<int>& partitions);
  void Release(const Kind& kind, const std::vector<int>& partitions);

  // Those known, in the order in which they came. Valid until one is replaced by Register.
  std::vector<const Kind*> kinds() const;

  // The next offset of each of the kind's topics. A kind that was never declared to read a topic stands at its begin, 0.
  std::vector<int64_t> Positions(const Kind& kind, int partition) const;
  void SetPositions(const Kind& kind, int partition, std::vector<int64_t> positions);
  // What SetPositions leaves in the store.
  static std::string EncodePositions(const Kind& kind, const std::vector<int64_t>& positions);

  // The smallest offset that a task of a known kind has not committed past; the largest number where none reads the topic.
  int64_t CommittedByAll(const Topic& topic, int partition) const;

 private:
  struct Entry {
    std::unique_ptr<const Kind> kind;
    std::vector<std::vector<int64_t>> positions;  // By partition, in the order of the kind's topics.
    std::vector<bool> owned;
  };

  absl::StatusOr<std::unique_ptr<Kind>> Resolve(const TaskKind& kind) const;
  absl::StatusOr<Entry> MakeEntry(std::unique_ptr<Kind> kind) const;
  absl::StatusOr<std::vector<int64_t>> ReadPositions(const Kind& kind, int partition) const;
  absl::Status LoadKind(absl::string_view name, absl::string_view value);
  Entry* Find(absl::string_view name);
  const Entry& EntryOf(const Kind& kind) const;

  const TopicTable& topics_;
  const Store& store_;

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  std::vector<std::unique_ptr<Entry>> entries_;
  std::vector<std::unique_ptr<const Kind>> replaced_;  // Members may still hold them.
  int next_number_ = 0;
};

}  // namespace touchstone::eventlog::embedded
