#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/kafka/task_positions.h"
#include "common/eventlog/record.h"
#include "common/eventlog/state_view.h"

namespace rocksdb {
class DB;
class Status;
}  // namespace rocksdb

namespace touchstone::eventlog::kafka {

// Up to where of its changelog a local copy goes.
struct Checkpoint {
  // The next record of the changelog to apply.
  int64_t changelog_offset = 0;
  TaskPositions positions;
  // When it was written, by this machine's wall clock.
  absl::Time time;
};

// One task's local copy. Used by one thread; any number of tasks of a store at once. Where it turns out to be damaged, calls say
// UNAVAILABLE, and StateStore::damaged.
class TaskState : public StateView {
 public:
  // `db` and `damaged`, which is set where it cannot be read, outlive it.
  TaskState(rocksdb::DB& db, std::atomic<bool>& damaged, absl::string_view kind, int partition);

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  absl::Status Scan(absl::string_view begin, absl::string_view end, Visit visit) const override;

  // Nothing: there is no local copy.
  absl::StatusOr<std::optional<Checkpoint>> ReadCheckpoint() const;
  // All of it or nothing. Survives the process; not the machine, where the changelog makes up for it.
  absl::Status Apply(const std::vector<StateChange>& changes, const Checkpoint& checkpoint);
  absl::Status Clear();

 private:
  std::string StateKey(absl::string_view key) const;
  absl::Status Checked(const rocksdb::Status& status, absl::string_view doing) const;
  static absl::StatusOr<Checkpoint> Parsed(absl::string_view text);

  rocksdb::DB& db_;
  std::atomic<bool>& damaged_;
  // `<kind> \0 <partition, 4 bytes, big-endian>`; then 's' and a key of the state, or 'm' for the checkpoint.
  const std::string prefix_;
};

// The local copies of the states of one process's tasks: a cache of their changelogs, in RocksDB. Thread-safe.
class StateStore {
 public:
  // A folder that is damaged is emptied first: what it held is on the cluster. `on_damage`, which may be empty, is told so.
  // ALREADY_EXISTS: another process has the folder. FAILED_PRECONDITION: it cannot be opened.
  using OnDamage = std::function<void(absl::string_view text)>;
  static absl::StatusOr<std::unique_ptr<StateStore>> Open(const std::string& folder, size_t cache_bytes,
                                                          const OnDamage& on_damage = nullptr);
  ~StateStore();

  std::unique_ptr<TaskState> Task(absl::string_view kind, int partition) const;

  // Something in it could not be read: nothing of it may be used any more, and its destructor empties the folder.
  bool damaged() const { return damaged_; }

 private:
  StateStore(std::string folder, std::unique_ptr<rocksdb::DB> db);

  const std::string folder_;
  std::unique_ptr<rocksdb::DB> db_;
  mutable std::atomic<bool> damaged_{false};
};

}  // namespace touchstone::eventlog::kafka
