#pragma once

#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/eventlog/embedded/internal/disk_guard.h"
#include "common/eventlog/embedded/internal/log_writer.h"
#include "common/eventlog/embedded/internal/task_table.h"
#include "common/eventlog/event_log.h"

namespace touchstone::eventlog::embedded {

// What a member works with; all of it outlives the member.
struct MemberParts {
  const Store& store;
  const TopicTable& topics;
  TaskTable& tasks;
  LogWriter& writer;
  const DiskGuard& disk;
};

// Worker i of n owns the partitions p with p % n == i, from joining to its end.
absl::StatusOr<std::unique_ptr<Member>> JoinKind(const MemberParts& parts, const TaskKind& kind, const MemberOptions& options);

}  // namespace touchstone::eventlog::embedded
