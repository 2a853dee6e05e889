#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/eventlog/embedded/internal/task_table.h"
#include "common/eventlog/embedded/internal/topic_table.h"

namespace touchstone::eventlog::embedded {

class LogWriter;
class Store;

// Keeps of compacted topics only the newest record of each key, among those that are durable and that every task of every kind
// that has ever joined has committed past. Offsets stay; small chunks are joined. One thread at a time.
class Compactor {
 public:
  Compactor(Store& store, const TopicTable& topics, const TaskTable& tasks, LogWriter& writer, int64_t key_bytes_max)
      : store_(store), topics_(topics), tasks_(tasks), writer_(writer), key_bytes_max_(key_bytes_max) {}

  absl::Status Run();

 private:
  using NewestOffsets = absl::flat_hash_map<std::string, int64_t>;

  absl::Status Compact(const PartitionLog& log, int64_t committed);
  absl::StatusOr<int64_t> CompactedUntil(const PartitionLog& log) const;
  // The newest offset of each key of [from, end), as far as memory allows; `from` becomes where that ends.
  absl::StatusOr<NewestOffsets> Newest(const PartitionLog& log, int64_t& from, int64_t end) const;
  // Rewrites the chunks before `until`; returns how many records they hold then.
  absl::StatusOr<int64_t> Rewrite(const PartitionLog& log, const NewestOffsets& newest, int64_t begun, int64_t until);

  Store& store_;
  const TopicTable& topics_;
  const TaskTable& tasks_;
  LogWriter& writer_;
  const int64_t key_bytes_max_;
  // What the last pass kept: a pass is worth its work when there is half as much again.
  absl::flat_hash_map<const PartitionLog*, int64_t> kept_;
};

}  // namespace touchstone::eventlog::embedded
