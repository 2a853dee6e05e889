#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/eventlog/event_log.h"
#include "common/stream/overlay.h"
#include "common/stream/processor.h"
#include "common/stream/record_work.h"
#include "common/stream/timers.h"

namespace touchstone::stream {

// What bounds one batch of one task.
struct BatchLimits {
  eventlog::FetchLimits fetch;
  // Timers fired in one batch.
  int timers_max = 2000;
  // Keys and values written in one batch.
  int64_t written_bytes_max = 16 << 20;
};

// One task: partition p of a kind, with its processor, its clock and its timers. Turns batches of input into one TaskCommit
// each. Used by one thread.
//
// Task time. Of the inputs' next records the one with the smallest append time is taken (ties: the kind's order). Timers
// that were due before it fire first; where every input is read to its high watermark, those due before the wall clock fire;
// where an input hides what comes next, timers wait. So no deadline fires before a queued record that was there in time.
class Task {
 public:
  // `definition` and `state`, the task's state as of the last commit, outlive the task.
  static absl::StatusOr<std::unique_ptr<Task>> Start(const TaskDefinition& definition, int partition,
                                                     const eventlog::StateView& state);

  // Processes what `inputs` (one for each input, then for each broadcast) and the timers allow. `wall` was read before the
  // inputs were fetched. Returns whether there is anything to commit. After an error the task must be dropped.
  absl::StatusOr<bool> Process(const std::vector<eventlog::InputBatch>& inputs, absl::Time wall, const BatchLimits& limits);

  // What has been processed since the last call.
  eventlog::TaskCommit TakeCommit();

  int partition() const { return partition_; }
  absl::Time clock() const { return clock_; }
  absl::Time NextTimer() const { return timers_.NextDue(); }
  int64_t processed_count() const { return processed_count_; }
  int64_t dead_letter_count() const { return dead_letter_count_; }

 private:
  struct Source {
    std::string topic;
    int64_t next_offset = 0;
    bool moved = false;
  };

  Task(const TaskDefinition& definition, int partition, const eventlog::StateView& state);
  absl::Status Load();
  absl::Status FireTimers(absl::Time before, int* left);
  absl::Status Fire(const Timers::Timer& timer);
  absl::Status Apply(Source& source, const eventlog::Record& record);
  absl::Status Bury(const Source& source, const eventlog::Record& record, const absl::Status& poison);
  absl::Status Keep(RecordWork& work);
  void AdvanceClock(absl::Time time);

  const TaskDefinition& definition_;
  const int partition_;
  const eventlog::StateView& state_;
  Overlay overlay_;
  Timers timers_;
  std::unique_ptr<Processor> processor_;
  std::vector<Source> sources_;
  absl::Time clock_ = absl::UnixEpoch();
  bool touched_ = false;
  std::vector<eventlog::OutRecord> outputs_;
  // Of EmitLatest: (topic, key) -> index in outputs_.
  std::map<std::pair<std::string, std::string>, size_t> latest_;
  int64_t processed_count_ = 0;
  int64_t dead_letter_count_ = 0;
};

}  // namespace touchstone::stream
