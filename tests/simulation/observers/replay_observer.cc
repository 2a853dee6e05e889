#include "tests/simulation/observers/replay_observer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/clock/virtual_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/eventlog/memory/memory_storage.h"
#include "common/status/invariant.h"
#include "common/stream/worker.h"

namespace touchstone::simulation {
namespace {

constexpr int kStepsMax = 100'000;

std::string LineOf(const eventlog::Position& position, const eventlog::Record& record) {
  return absl::StrCat(record.id, " on ", position.topic, "/", position.partition, " of ", record.key, "\n", record.value);
}

// What the tasks of a worker write.
class Collector : public eventlog::DurableWatcher {
 public:
  void OnDurable(const eventlog::DurableWrite& write) override {
    for (const eventlog::DurableWrite::Item& item : write.items) {
      const eventlog::DurableWrite::Task& task = write.tasks[static_cast<size_t>(item.task)];
      outputs[{task.kind, task.partition}].push_back(LineOf(item.position, *item.record));
    }
  }

  std::map<std::pair<std::string, int32_t>, std::vector<std::string>> outputs;
};

}  // namespace

ReplayObserver::ReplayObserver(eventlog::TopicCatalog topics, std::vector<stream::TaskDefinition> tasks, Verdicts& verdicts)
    : topics_(std::move(topics)), tasks_(std::move(tasks)), verdicts_(verdicts) {
  std::erase_if(tasks_,
                [](const stream::TaskDefinition& task) { return task.kind.inputs.size() + task.kind.broadcasts.size() > 1; });
}

void ReplayObserver::OnRecord(const Seen& seen) {
  if (seen.task != nullptr) {
    outputs_[{seen.task->kind, seen.task->partition}].push_back(LineOf(seen.position, seen.record));
  }
  const bool is_read = std::any_of(tasks_.begin(), tasks_.end(), [&](const stream::TaskDefinition& task) {
    return task.kind.inputs.front() == seen.position.topic;
  });
  if (is_read) inputs_[{seen.position.topic, seen.position.partition}].push_back(seen.record);
}

void ReplayObserver::AtRest(absl::Time now) {
  for (const stream::TaskDefinition& task : tasks_) Replay(task, now);
}

void ReplayObserver::Replay(const stream::TaskDefinition& task, absl::Time now) {
  const auto storage = eventlog::MakeMemoryStorage(topics_, eventlog::Durability::kBroker);
  for (const auto& [partition, records] : inputs_) {
    if (partition.first != task.kind.inputs.front()) continue;
    eventlog::MemoryStorage::PartitionLog& log = storage->Log(partition.first, partition.second);
    log.records = records;
    log.durable_end = static_cast<int64_t>(records.size());
  }
  Collector collector;
  Watch(*storage, &collector);
  const clock::VirtualClock clock(now);
  const std::unique_ptr<eventlog::MemoryLog> log = eventlog::MemoryLog::Open(storage, clock, "replay");
  stream::Worker worker(*log, clock, {task}, {});
  for (int steps = 0; *worker.Step(); ++steps) INVARIANT(steps < kStepsMax, "a replay does not come to rest");
  for (int32_t p = 0; p < worker.PartitionCount(task.kind.name); ++p) {
    const std::vector<std::string>& wrote = outputs_[{task.kind.name, p}];
    const std::vector<std::string>& undisturbed = collector.outputs[{task.kind.name, p}];
    // Positions differ, for others write to these topics, too: only partitions are compared.
    if (wrote == undisturbed) continue;
    const auto differ = std::mismatch(wrote.begin(), wrote.end(), undisturbed.begin(), undisturbed.end());
    verdicts_.Wrong(
        Check::kSameInputSameDecisions,
        absl::StrCat(task.kind.name, "/", p, " wrote ", wrote.size(), " records, undisturbed ", undisturbed.size(), "; record ",
                     differ.first - wrote.begin(), " is ",
                     differ.first == wrote.end() ? "none" : differ.first->substr(0, differ.first->find('\n')), ", undisturbed ",
                     differ.second == undisturbed.end() ? "none" : differ.second->substr(0, differ.second->find('\n'))));
  }
  Watch(*storage, nullptr);
}

}  // namespace touchstone::simulation
