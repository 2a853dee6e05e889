#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "tools/benchmarks/measured_log.h"

namespace touchstone::benchmarks {

// What a touchpoint costs inside the suite, without gRPC: totals over `touchpoints`, CPU time by what it was spent on.
struct TaskCost {
  int64_t touchpoints = 0;
  // A Touchpoint parsed from its bytes: a part of `check`.
  absl::Duration parse;
  // From bytes to the record to append: parse, check, normalise, keyed names, serialize.
  absl::Duration check;
  // The append itself, in the caller's thread.
  absl::Duration append;
  // A fold alone, on state in memory: a part of what the journey task does.
  absl::Duration fold;
  std::map<std::string, KindCost> kinds;
  // Beside the thread that appends and works: syncing, flushing, compacting.
  absl::Duration background;

  int64_t store_writes = 0;
  int64_t wal_bytes = 0;
  int64_t table_bytes = 0;
};

// Runs the suite's tasks over an embedded log in `folder` (made, must not be there) in one thread: `warm_up` touchpoints, then
// those that are counted, in rounds of kTouchpointsPerRound. Blocks. Errors are the pack's and the log's.
absl::StatusOr<TaskCost> MeasureTaskCost(const std::string& folder, int64_t warm_up, int64_t touchpoints,
                                         const clock::Clock& clock);

// What a busy worker finds queued; over all partitions.
inline constexpr int64_t kTouchpointsPerRound = 2000;

}  // namespace touchstone::benchmarks
