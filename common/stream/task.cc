#include "common/stream/task.h"

#include <utility>

#include "common/ids/id.h"
#include "common/status/macros.h"
#include "common/stream/sortable_time.h"

namespace touchstone::stream {
namespace {

constexpr absl::string_view kClockKey("\0c", 2);

// How far a batch has taken its inputs.
class Merge {
 public:
  explicit Merge(const std::vector<eventlog::InputBatch>& inputs) : inputs_(inputs), taken_(inputs.size(), 0) {}

  // The input whose next record has the smallest append time, ties in order; nothing if no input has one.
  std::optional<size_t> Next() const {
    std::optional<size_t> next;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      if (!Exhausted(i) && (!next || Head(i).append_time < Head(*next).append_time)) next = i;
    }
    return next;
  }

  const eventlog::Record& Head(size_t i) const { return inputs_[i].records[taken_[i]]; }
  void Take(size_t i) { ++taken_[i]; }

  // Some input may hold a record that was appended before all heads.
  bool Hides() const {
    for (size_t i = 0; i < inputs_.size(); ++i) {
      if (Exhausted(i) && !inputs_[i].complete) return true;
    }
    return false;
  }

  // Some input was fetched in part only and is used up: it must be fetched again before others go on.
  bool RanDry() const {
    for (size_t i = 0; i < inputs_.size(); ++i) {
      if (Exhausted(i) && !inputs_[i].complete && !inputs_[i].at_known_end && taken_[i] > 0) return true;
    }
    return false;
  }

 private:
  bool Exhausted(size_t i) const { return taken_[i] == inputs_[i].records.size(); }

  const std::vector<eventlog::InputBatch>& inputs_;
  std::vector<size_t> taken_;
};

// What a log would refuse stops this task alone, with a word, and not the process at every start.
absl::Status CheckSize(const eventlog::OutRecord& record) {
  const int64_t bytes = static_cast<int64_t>(record.key.size() + record.value.size());
  if (bytes <= eventlog::kRecordBytesMax) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("a record of ", bytes, " bytes for ", record.topic, " is above the limit of ", eventlog::kRecordBytesMax));
}

}  // namespace

Task::Task(const TaskDefinition& definition, int partition, const eventlog::StateView& state)
    : definition_(definition), partition_(partition), state_(state), overlay_(state) {
  for (const std::string& topic : definition.kind.inputs) sources_.push_back({topic});
  for (const std::string& topic : definition.kind.broadcasts) sources_.push_back({topic});
}

absl::StatusOr<std::unique_ptr<Task>> Task::Start(const TaskDefinition& definition, int partition,
                                                  const eventlog::StateView& state) {
  std::unique_ptr<Task> task(new Task(definition, partition, state));
  RETURN_IF_ERROR(task->Load());
  return task;
}

absl::Status Task::Load() {
  ASSIGN_OR_RETURN(std::optional<std::string> clock, state_.Get(kClockKey));
  if (clock.has_value()) clock_ = TimeFromSortable(*clock);
  RETURN_IF_ERROR(timers_.Load(state_));
  processor_ = definition_.make_processor(partition_);
  return processor_->Restore(state_);
}

absl::StatusOr<bool> Task::Process(const std::vector<eventlog::InputBatch>& inputs, absl::Time wall, const BatchLimits& limits) {
  Merge merge(inputs);
  // Not the very instant, as coarse as a log stamps it: what is still appended within it meets the deadline.
  const absl::Time passed = absl::FromUnixMicros(absl::ToUnixMicros(wall));
  int records_left = limits.fetch.records_max;
  int timers_left = limits.timers_max;
  while (records_left > 0 && overlay_.kept_bytes() < limits.written_bytes_max && !merge.RanDry()) {
    const std::optional<size_t> next = merge.Next();
    if (!merge.Hides()) {
      RETURN_IF_ERROR(FireTimers(next ? merge.Head(*next).append_time : passed, &timers_left));
    }
    if (!next || timers_left == 0) break;
    RETURN_IF_ERROR(Apply(sources_[*next], merge.Head(*next)));
    merge.Take(*next);
    --records_left;
  }
  return touched_;
}

absl::Status Task::FireTimers(absl::Time before, int* left) {
  while (*left > 0) {
    ASSIGN_OR_RETURN(std::optional<Timers::Timer> timer, timers_.Next(overlay_));
    if (!timer || timer->due >= before) break;
    RETURN_IF_ERROR(Fire(*timer));
    --*left;
  }
  return absl::OkStatus();
}

absl::Status Task::Fire(const Timers::Timer& timer) {
  AdvanceClock(timer.due);
  RETURN_IF_ERROR(timers_.Set(timer.key, absl::InfiniteFuture(), overlay_));
  RecordWork work(
      clock_, partition_, definition_.kind.name, definition_.kind.name, nullptr,
      [&](int index) { return ids::TimerRecordId(definition_.kind.name, partition_, timer.key, timer.due, index); }, overlay_,
      timers_);
  RETURN_IF_ERROR(processor_->OnTimer(timer.key, timer.due, work));
  return Keep(work);
}

absl::Status Task::Apply(Source& source, const eventlog::Record& record) {
  AdvanceClock(record.append_time);
  source.next_offset = record.offset + 1;
  source.moved = true;
  ++processed_count_;
  RecordWork work(
      clock_, partition_, definition_.kind.name, source.topic, &record,
      [&](int index) { return ids::RecordId(source.topic, partition_, record.offset, index); }, overlay_, timers_);
  const absl::Status applied = processor_->OnRecord(source.topic, record, work);
  if (absl::IsInvalidArgument(applied)) return Bury(source, record, applied);
  RETURN_IF_ERROR(applied);
  return Keep(work);
}

absl::Status Task::Bury(const Source& source, const eventlog::Record& record, const absl::Status& poison) {
  if (source.topic == definition_.inbox) {
    return absl::DataLossError(absl::StrCat("task ", definition_.kind.name, "/", partition_, " stops: ", source.topic, " offset ",
                                            record.offset, " cannot be applied: ", poison.message()));
  }
  // What the call left half done goes: in the overlay, in the timers, and in what the processor keeps in memory.
  overlay_.Drop();
  RETURN_IF_ERROR(timers_.Load(overlay_));
  processor_ = definition_.make_processor(partition_);
  RETURN_IF_ERROR(processor_->Restore(overlay_));
  RecordWork work(
      clock_, partition_, definition_.kind.name, source.topic, &record,
      [&](int index) { return ids::RecordId(source.topic, partition_, record.offset, index); }, overlay_, timers_);
  work.DeadLetter("UNREADABLE", poison.message());
  return Keep(work);
}

absl::Status Task::Keep(RecordWork& work) {
  RETURN_IF_ERROR(work.status());
  for (const RecordWork::Output& output : work.outputs()) RETURN_IF_ERROR(CheckSize(output.record));
  overlay_.Keep();
  touched_ = true;
  dead_letter_count_ += work.dead_letter_count();
  for (RecordWork::Output& output : work.outputs()) {
    if (output.latest_only) {
      auto [it, is_new] = latest_.try_emplace({output.record.topic, output.record.key}, outputs_.size());
      if (!is_new) {
        outputs_[it->second] = std::move(output.record);
        continue;
      }
    }
    outputs_.push_back(std::move(output.record));
  }
  return absl::OkStatus();
}

void Task::AdvanceClock(absl::Time time) { clock_ = std::max(clock_, time); }

eventlog::TaskCommit Task::TakeCommit() {
  overlay_.Put(kClockKey, SortableTime(clock_));
  overlay_.Keep();
  eventlog::TaskCommit commit;
  commit.partition = partition_;
  for (Source& source : sources_) {
    if (std::exchange(source.moved, false)) commit.positions.push_back({source.topic, source.next_offset});
  }
  commit.changes = overlay_.TakeKept();
  commit.outputs = std::exchange(outputs_, {});
  latest_.clear();
  touched_ = false;
  return commit;
}

}  // namespace touchstone::stream
