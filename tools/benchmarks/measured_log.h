#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/eventlog/forwarding_log.h"

namespace touchstone::benchmarks {

// What one kind of task did to its log, and the CPU time of the thread that ran it, by what it was doing.
struct KindCost {
  // In calls of Fetch.
  absl::Duration fetch;
  // In reads of the state. Estimated from a part of them: looking at the clock costs as much as a cheap read.
  absl::Duration read;
  // Between Fetch and what follows it: the processor itself, overlay, timers, and those reads.
  absl::Duration process;
  // In calls of Commit: routing of outputs and the store's write, without its background threads.
  absl::Duration commit;

  int64_t gets = 0;
  int64_t scans = 0;
  int64_t commits = 0;
  int64_t puts = 0;
  int64_t deletes = 0;
  int64_t state_bytes = 0;
  int64_t outputs = 0;
  int64_t output_bytes = 0;
};

// A log seen through: passes everything on and counts what task kinds do. For one thread.
class MeasuredLog : public eventlog::ForwardingLog {
 public:
  using ForwardingLog::ForwardingLog;

  // By name of the task kind.
  const std::map<std::string, KindCost>& kinds() const { return kinds_; }
  // From now on, after a warm-up.
  void Reset();

  absl::StatusOr<std::unique_ptr<eventlog::Member>> Join(const eventlog::TaskKind& kind,
                                                         const eventlog::MemberOptions& options) override;

 private:
  // Members hold references to its values.
  std::map<std::string, KindCost> kinds_;
};

}  // namespace touchstone::benchmarks
