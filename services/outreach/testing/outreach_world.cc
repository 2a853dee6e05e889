#include "services/outreach/testing/outreach_world.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/invariant.h"
#include "common/stream/topics.h"
#include "common/stream/unit_of_work.h"

namespace touchstone::outreach {

// What one record or timer did, over the task's state.
class OutreachWorld::Work : public stream::UnitOfWork {
 public:
  Work(const Task& task, absl::Time now, std::string cause) : task_(task), now_(now), cause_(std::move(cause)) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    if (const auto at = changes.find(std::string(key)); at != changes.end()) return at->second;
    const auto at = task_.state.find(std::string(key));
    return at == task_.state.end() ? std::nullopt : std::optional<std::string>(at->second);
  }
  absl::Status Scan(absl::string_view begin, absl::string_view end, Visit visit) const override {
    return absl::UnimplementedError("neither the planner nor the gate scans");
  }
  absl::Time now() const override { return now_; }
  int partition() const override { return 0; }
  void Put(absl::string_view key, std::string value) override { changes[std::string(key)] = std::move(value); }
  void Delete(absl::string_view key) override { changes[std::string(key)] = std::nullopt; }
  void SetTimer(absl::string_view key, absl::Time due) override { timers[std::string(key)] = due; }
  using UnitOfWork::Emit;
  void Emit(absl::string_view topic, absl::string_view key, std::string value) override {
    outputs.push_back({std::string(topic), std::string(key), NextRecordId(), std::move(value), {}});
  }
  void EmitLatest(absl::string_view topic, absl::string_view key, std::string value) override {
    Emit(topic, key, std::move(value));
  }
  std::string NextRecordId() const override { return absl::StrCat(cause_, ":", outputs.size()); }
  void DeadLetter(absl::string_view reason, absl::string_view message) override { ++dead_letters; }

  std::map<std::string, std::optional<std::string>> changes;
  std::map<std::string, absl::Time> timers;
  std::vector<eventlog::OutRecord> outputs;
  size_t dead_letters = 0;
  // What to take off once it is committed.
  std::string input;
  std::string timer;

 private:
  const Task& task_;
  const absl::Time now_;
  const std::string cause_;
};

OutreachWorld::OutreachWorld(std::shared_ptr<const PlannerPolicy> planner, std::shared_ptr<const GatePolicy> gate,
                             absl::Time start)
    : now_(start) {
  planner_.definition = PlannerTask(std::move(planner));
  gate_.definition = GateTask(std::move(gate));
  for (Task* task : {&planner_, &gate_}) {
    task->processor = task->definition.make_processor(0);
    task->time = start;
    for (const std::string& input : task->definition.kind.inputs) task->inputs[input];
  }
}

void OutreachWorld::Append(absl::string_view topic, absl::string_view key, const google::protobuf::MessageLite& message) {
  eventlog::Record record{static_cast<int64_t>(written_.size()), now_, std::string(key), absl::StrCat("world:", written_.size()),
                          message.SerializeAsString()};
  for (Task* task : {&planner_, &gate_}) {
    if (const auto input = task->inputs.find(std::string(topic)); input != task->inputs.end()) input->second.push_back(record);
  }
  written_.push_back({std::string(topic), std::move(record), gate_position_});
}

std::unique_ptr<OutreachWorld::Work> OutreachWorld::Next(Task& task) {
  std::string next_input;
  absl::Time next_append = now_;
  for (const std::string& input : task.definition.kind.inputs) {
    const std::deque<eventlog::Record>& records = task.inputs[input];
    if (records.empty() || (!next_input.empty() && records.front().append_time >= next_append)) continue;
    next_input = input;
    next_append = records.front().append_time;
  }
  task.time = std::max(task.time, next_append);
  const auto due =
      std::min_element(task.timers.begin(), task.timers.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (due != task.timers.end() && due->second <= task.time) {
    const std::string key = due->first;
    auto work = std::make_unique<Work>(task, task.time, absl::StrCat("timer:", key, absl::FormatTime(due->second)));
    work->timer = key;
    const absl::Status status = task.processor->OnTimer(key, due->second, *work);
    INVARIANT(status.ok(), status.ToString());
    return work;
  }
  if (next_input.empty()) return nullptr;
  const eventlog::Record& record = task.inputs[next_input].front();
  auto work = std::make_unique<Work>(task, task.time, absl::StrCat(next_input, ":", record.offset));
  work->input = next_input;
  const absl::Status status = task.processor->OnRecord(next_input, record, *work);
  INVARIANT(status.ok(), status.ToString());
  return work;
}

void OutreachWorld::Commit(Task& task, Work& work) {
  if (!work.timer.empty()) task.timers.erase(work.timer);
  if (!work.input.empty()) task.inputs[work.input].pop_front();
  if (work.input == topics::kGate) ++gate_position_;
  for (auto& [key, value] : work.changes) {
    if (value.has_value()) {
      task.state[key] = *std::move(value);
    } else {
      task.state.erase(key);
    }
  }
  for (const auto& [key, due] : work.timers) {
    if (due == absl::InfiniteFuture()) {
      task.timers.erase(key);
    } else {
      task.timers[key] = due;
    }
  }
  for (const eventlog::OutRecord& out : work.outputs) {
    eventlog::Record record{static_cast<int64_t>(written_.size()), now_, out.key, out.id, out.value};
    for (Task* reader : {&planner_, &gate_}) {
      if (const auto input = reader->inputs.find(out.topic); input != reader->inputs.end()) input->second.push_back(record);
    }
    written_.push_back({out.topic, std::move(record), gate_position_});
  }
  dead_letters_ += work.dead_letters;
}

bool OutreachWorld::Step(Task& task) {
  std::unique_ptr<Work> work = Next(task);
  if (work == nullptr) return false;
  Commit(task, *work);
  return true;
}

void OutreachWorld::Crash(Task& task) {
  Next(task);  // Done, and never committed.
  task.processor = task.definition.make_processor(0);
}

void OutreachWorld::Settle() {
  while (StepPlanner() || StepGate()) {
  }
}

absl::Time OutreachWorld::NextTimer() const {
  absl::Time next = absl::InfiniteFuture();
  for (const Task* task : {&planner_, &gate_}) {
    for (const auto& [key, due] : task->timers) next = std::min(next, due);
  }
  return next;
}

void OutreachWorld::RunUntil(absl::Time horizon) {
  Settle();
  while (NextTimer() <= horizon) {
    now_ = std::max(now_, NextTimer());
    Settle();
  }
  now_ = std::max(now_, horizon);
  Settle();
}

}  // namespace touchstone::outreach
