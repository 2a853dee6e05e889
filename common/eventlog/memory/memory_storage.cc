#include "common/eventlog/memory/memory_storage.h"

#include <tuple>

#include "common/status/invariant.h"
#include "common/status/macros.h"

namespace touchstone::eventlog {

std::shared_ptr<MemoryStorage> MakeMemoryStorage(TopicCatalog topics, Durability durability) {
  return std::make_shared<MemoryStorage>(std::move(topics), durability);
}

int64_t MemoryStorage::HighWatermark(absl::string_view topic, int partition) {
  const PartitionLog& log = Log(topic, partition);
  return durability_ == Durability::kBroker ? log.durable_end : static_cast<int64_t>(log.records.size());
}

int64_t MemoryStorage::PositionOf(const std::string& kind, int partition, const std::string& topic) const {
  auto it = positions_.find({kind, partition, topic});
  return it == positions_.end() ? 0 : it->second;
}

void Watch(MemoryStorage& storage, DurableWatcher* watcher) {
  std::lock_guard<std::mutex> lock(storage.mutex());
  storage.Watch(watcher);
}

void SetDiskSpace(MemoryStorage& storage, DiskSpace space) {
  std::lock_guard<std::mutex> lock(storage.mutex());
  storage.SetDiskSpace(space);
}

void Expel(MemoryStorage& storage, absl::string_view process) {
  std::lock_guard<std::mutex> lock(storage.mutex());
  storage.Expel(process);
}

Position MemoryStorage::AppendOne(OutRecord record, absl::Time now, int task, Write& write) {
  absl::StatusOr<int> partition = topics_.PartitionOf(record);
  INVARIANT(partition.ok(), partition.status().ToString());
  last_append_time_ = std::max(last_append_time_, now);
  PartitionLog& log = Log(record.topic, *partition);
  const int64_t offset = static_cast<int64_t>(log.records.size());
  log.records.push_back({offset, last_append_time_, std::move(record.key), std::move(record.id), std::move(record.value)});
  const Position position{record.topic, *partition, offset};
  write.appended.emplace_back(position, task);
  return position;
}

std::vector<Position> MemoryStorage::WriteAppend(std::vector<OutRecord> records, absl::Time now) {
  Write write;
  std::vector<Position> positions;
  for (OutRecord& record : records) positions.push_back(AppendOne(std::move(record), now, -1, write));
  unsynced_.push_back(std::move(write));
  return positions;
}

void MemoryStorage::WriteCommit(const std::string& kind, std::vector<TaskCommit> commits, absl::Time now) {
  Write write;
  // As the embedded log: what is appended after this commit is not older than it, whatever a clock says then.
  last_append_time_ = std::max(last_append_time_, now);
  for (TaskCommit& commit : commits) {
    const int task = static_cast<int>(write.tasks.size());
    write.tasks.push_back({kind, commit.partition, commit.positions});
    for (const InputPosition& position : commit.positions) {
      int64_t& stored = positions_[{kind, commit.partition, position.topic}];
      write.positions_before.emplace_back(kind, commit.partition, position.topic, stored);
      stored = position.next_offset;
    }
    StateMap& state = State(kind, commit.partition);
    for (StateChange& change : commit.changes) {
      auto it = state.find(change.key);
      write.state_before.emplace_back(kind, commit.partition, change.key,
                                      it == state.end() ? std::nullopt : std::optional<std::string>(it->second));
      if (change.value.has_value()) {
        state.insert_or_assign(std::move(change.key), *std::move(change.value));
      } else if (it != state.end()) {
        state.erase(it);
      }
    }
    for (OutRecord& output : commit.outputs) AppendOne(std::move(output), now, task, write);
  }
  unsynced_.push_back(std::move(write));
}

void MemoryStorage::MakeDurable() {
  for (const Write& write : unsynced_) {
    for (const auto& [position, task] : write.appended) ++Log(position.topic, position.partition).durable_end;
    if (watcher_ != nullptr) Tell(write);
  }
  unsynced_.clear();
}

void MemoryStorage::Tell(const Write& write) {
  DurableWrite durable;
  durable.tasks = write.tasks;
  for (const auto& [position, task] : write.appended) {
    durable.items.push_back({position, &Log(position.topic, position.partition).records[position.offset], task});
  }
  watcher_->OnDurable(durable);
}

void MemoryStorage::LoseUnsynced(size_t kept) {
  while (unsynced_.size() > kept) {
    Undo(unsynced_.back());
    unsynced_.pop_back();
  }
  MakeDurable();
}

void MemoryStorage::Undo(const Write& write) {
  for (const auto& [position, task] : write.appended) Log(position.topic, position.partition).records.pop_back();
  for (auto it = write.state_before.rbegin(); it != write.state_before.rend(); ++it) {
    const auto& [kind, partition, key, value] = *it;
    StateMap& state = State(kind, partition);
    if (value.has_value()) {
      state.insert_or_assign(key, *value);
    } else {
      state.erase(key);
    }
  }
  for (auto it = write.positions_before.rbegin(); it != write.positions_before.rend(); ++it) {
    const auto& [kind, partition, topic, offset] = *it;
    positions_[{kind, partition, topic}] = offset;
  }
}

bool MemoryStorage::JoinGroup(const std::string& kind, const std::string& member, const std::string& process,
                              int partition_count) {
  Group& group = groups_[kind];
  group.partitions.resize(partition_count);
  if (!group.members.emplace(member, process).second) return false;
  Reassign(group);
  return true;
}

void MemoryStorage::LeaveGroup(const std::string& kind, const std::string& member) {
  Group& group = groups_[kind];
  group.members.erase(member);
  Reassign(group);
}

void MemoryStorage::Rebalance(const std::string& kind) {
  Group& group = groups_[kind];
  ++group.rotation;
  Reassign(group);
}

void MemoryStorage::TakeAway(const std::string& kind, int partition) {
  Rebalance(kind);
  ++groups_[kind].partitions[partition].epoch;
}

void MemoryStorage::Expel(absl::string_view process) {
  for (auto& [kind, group] : groups_) {
    if (std::erase_if(group.members, [&](const auto& member) { return member.second == process; }) > 0) Reassign(group);
  }
}

void MemoryStorage::Reassign(Group& group) {
  std::vector<std::string> members;
  for (const auto& [member, process] : group.members) members.push_back(member);
  for (size_t p = 0; p < group.partitions.size(); ++p) {
    const std::string owner = members.empty() ? "" : members[(p + group.rotation) % members.size()];
    if (group.partitions[p].owner == owner) continue;
    group.partitions[p] = {owner, group.partitions[p].epoch + 1};
  }
}

}  // namespace touchstone::eventlog
