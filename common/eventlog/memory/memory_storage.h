#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/eventlog/event_log.h"
#include "common/eventlog/memory/faults.h"
#include "common/eventlog/memory/memory_log.h"

namespace touchstone::eventlog {

// What lies in a storage, and what of it is durable. Every method is called with mutex() held.
class MemoryStorage {
 public:
  using StateMap = std::map<std::string, std::string, std::less<>>;
  struct PartitionLog {
    std::vector<Record> records;
    // Records before it are durable.
    int64_t durable_end = 0;
  };

  MemoryStorage(TopicCatalog topics, Durability durability) : topics_(std::move(topics)), durability_(durability) {}

  std::mutex& mutex() { return mutex_; }
  ChangeSignal& changes() { return changes_; }
  const TopicCatalog& topics() const { return topics_; }
  Durability durability() const { return durability_; }

  PartitionLog& Log(absl::string_view topic, int partition) { return logs_[{std::string(topic), partition}]; }
  // Where members see the partition end.
  int64_t HighWatermark(absl::string_view topic, int partition);
  StateMap& State(const std::string& kind, int partition) { return states_[{kind, partition}]; }
  int64_t PositionOf(const std::string& kind, int partition, const std::string& topic) const;

  // Writes, and remembers how to undo it until it is durable. Returns the records' positions.
  std::vector<Position> WriteAppend(std::vector<OutRecord> records, absl::Time now);
  void WriteCommit(const std::string& kind, std::vector<TaskCommit> commits, absl::Time now);

  // Everything written so far is durable.
  void MakeDurable();
  void Watch(DurableWatcher* watcher) { watcher_ = watcher; }

  DiskSpace disk_space() const { return disk_space_; }
  void SetDiskSpace(DiskSpace space) { disk_space_ = space; }

  // Undoes what is not durable but for the first `kept` writes.
  void LoseUnsynced(size_t kept);
  size_t unsynced_count() const { return unsynced_.size(); }

  // Groups: members share a kind's partitions. An epoch counts how often a partition changed hands, so that a member that lost
  // one and got it back knows that another may have worked on it.
  struct Group {
    struct Assignment {
      std::string owner;
      int64_t epoch = 0;
    };
    // Member -> process.
    std::map<std::string, std::string> members;
    std::vector<Assignment> partitions;
    int64_t rotation = 0;
  };
  // False: it is a member already.
  bool JoinGroup(const std::string& kind, const std::string& member, const std::string& process, int partition_count);
  void LeaveGroup(const std::string& kind, const std::string& member);
  void Rebalance(const std::string& kind);
  // The partition changes hands; to the same owner again where there is no other.
  void TakeAway(const std::string& kind, int partition);
  void Expel(absl::string_view process);
  const Group& GroupOf(const std::string& kind) { return groups_[kind]; }

  uint64_t NextPoint() { return ++last_point_; }

 private:
  // One write and what undoes it.
  struct Write {
    std::vector<DurableWrite::Task> tasks;
    // With the task of `tasks` that wrote it, or -1.
    std::vector<std::pair<Position, int>> appended;
    std::vector<std::tuple<std::string, int, std::string, int64_t>> positions_before;
    std::vector<std::tuple<std::string, int, std::string, std::optional<std::string>>> state_before;
  };
  static void Reassign(Group& group);
  Position AppendOne(OutRecord record, absl::Time now, int task, Write& write);
  void Tell(const Write& write);
  void Undo(const Write& write);

  const TopicCatalog topics_;
  const Durability durability_;
  std::mutex mutex_;
  ChangeSignal changes_;
  std::map<std::pair<std::string, int>, PartitionLog> logs_;
  std::map<std::pair<std::string, int>, StateMap> states_;
  std::map<std::tuple<std::string, int, std::string>, int64_t> positions_;
  std::map<std::string, Group> groups_;
  std::deque<Write> unsynced_;
  DurableWatcher* watcher_ = nullptr;
  DiskSpace disk_space_ = DiskSpace::kEnough;
  absl::Time last_append_time_ = absl::InfinitePast();
  uint64_t last_point_ = 0;
};

}  // namespace touchstone::eventlog
