#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/eventlog/embedded/internal/write_end.h"

namespace rocksdb {
class Cache;
class ColumnFamilyHandle;
class DB;
class Env;
class Iterator;
class Status;
class WalFilter;
class WriteBatch;
}  // namespace rocksdb

namespace touchstone::eventlog::embedded {

struct StoreLimits {
  int64_t block_cache_bytes = 0;
  int64_t wal_bytes_max = 0;
};

// The database of a data folder: RocksDB with its three column families (keys.h). Thread-safe.
class Store {
 public:
  // Makes it if it is not there. Replays the write-ahead log up to the first write that is missing. `in_tables`: the last write
  // that is in the tables; 0 where there are none.
  static absl::StatusOr<std::unique_ptr<Store>> Open(rocksdb::Env& env, const std::string& path, uint64_t in_tables,
                                                     const StoreLimits& limits);
  // Where it ends without its write-ahead log, which must go on from there. Changes nothing.
  static absl::StatusOr<WriteEnd> EndInTables(rocksdb::Env& env, const std::string& path);
  // Where a replay would end, without changing anything: it is held in memory only.
  static absl::StatusOr<WriteEnd> EndAsRecovered(rocksdb::Env& env, const std::string& path, uint64_t in_tables);
  // To read it as a replay would leave it, without changing anything: what is replayed is held in memory.
  static absl::StatusOr<std::unique_ptr<Store>> OpenToRead(rocksdb::Env& env, const std::string& path, uint64_t in_tables);
  ~Store();

  // What the last write said; zero if there is none.
  absl::StatusOr<WriteEnd> End() const;

  // Unsynced. Any failure is final: see CrashOnStorageFailure.
  rocksdb::Status Write(rocksdb::WriteBatch& batch);
  // Makes durable all that was written before the call.
  rocksdb::Status SyncWal();
  // Gives back at once the space of files that hold nothing but [begin, end) of `log`, which must be deleted and durable.
  rocksdb::Status DropFiles(absl::string_view begin, absl::string_view end);

  absl::StatusOr<std::optional<std::string>> Get(rocksdb::ColumnFamilyHandle* family, absl::string_view key) const;
  // Reads all tables whole. DATA_LOSS names the first whose checksums do not hold.
  absl::Status CheckTables() const;
  // Visits keys of [begin, end) in order until `visit` returns false.
  absl::Status Scan(rocksdb::ColumnFamilyHandle* family, absl::string_view begin, absl::string_view end,
                    absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> visit) const;
  // As Scan, from the last key at or before `from` on, if it is not before `begin`.
  absl::Status ScanFrom(rocksdb::ColumnFamilyHandle* family, absl::string_view from, absl::string_view begin,
                        absl::string_view end,
                        absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> visit) const;

  rocksdb::ColumnFamilyHandle* log() const { return families_[1]; }
  rocksdb::ColumnFamilyHandle* state() const { return families_[2]; }
  rocksdb::ColumnFamilyHandle* meta() const { return families_[0]; }

 private:
  Store() = default;
  static absl::StatusOr<std::unique_ptr<Store>> ReplayedBy(rocksdb::WalFilter& filter, rocksdb::Env& env,
                                                           const std::string& path);

  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
};

}  // namespace touchstone::eventlog::embedded
