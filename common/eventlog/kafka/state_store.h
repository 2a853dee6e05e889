#pragma once

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
}

namespace touchstone::eventlog::kafka {

// Up to where of its changelog a local copy goes.
struct Checkpoint {
  // The next record of the changelog to apply.
  int64_t changelog_offset = 0;
  TaskPositions positions;
  // When it was written, by this machine's wall clock.
  absl::Time time;
};

// One task's local copy. Used by one thread; any number of tasks of a store at once.
class TaskState : public StateView {
 public:
  // `db` outlives it.
  TaskState(rocksdb::DB& db, absl::string_view kind, int partition);

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  absl::Status Scan(absl::string_view begin, absl::string_view end, Visit visit) const override;

  // Nothing: there is no local copy.
  absl::StatusOr<std::optional<Checkpoint>> ReadCheckpoint() const;
  // All of it or nothing. Survives the process; not the machine, where the changelog makes up for it.
  absl::Status Apply(const std::vector<StateChange>& changes, const Checkpoint& checkpoint);
  absl::Status Clear();

 private:
  std::string StateKey(absl::string_view key) const;

  rocksdb::DB& db_;
  // `<kind> \0 <partition, 4 bytes, big-endian>`; then 's' and a key of the state, or 'm' for the checkpoint.
  const std::string prefix_;
};

// The local copies of the states of one process's tasks: a cache of their changelogs, in RocksDB. Thread-safe.
class StateStore {
 public:
  // ALREADY_EXISTS: another process has the folder. FAILED_PRECONDITION: it cannot be opened.
  static absl::StatusOr<std::unique_ptr<StateStore>> Open(const std::string& folder, size_t cache_bytes);
  ~StateStore();

  std::unique_ptr<TaskState> Task(absl::string_view kind, int partition) const;

 private:
  explicit StateStore(std::unique_ptr<rocksdb::DB> db);

  const std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace touchstone::eventlog::kafka
