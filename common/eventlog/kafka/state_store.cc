#include "common/eventlog/kafka/state_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::kafka {
namespace {

constexpr size_t kWriteBufferBytes = 16 << 20;
constexpr int kWriteBuffersMax = 3;
constexpr int kOpenFilesMax = 256;
constexpr double kBloomBitsPerKey = 10;

rocksdb::Slice ToSlice(absl::string_view bytes) { return rocksdb::Slice(bytes.data(), bytes.size()); }
absl::string_view ToView(const rocksdb::Slice& slice) { return absl::string_view(slice.data(), slice.size()); }

absl::Status ToStatus(const rocksdb::Status& status, absl::string_view what) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = absl::StrCat("local copy of a task's state, ", what, ": ", status.ToString());
  return status.IsCorruption() ? absl::DataLossError(text) : absl::UnavailableError(text);
}

std::string TaskPrefix(absl::string_view kind, int partition) {
  std::string prefix = absl::StrCat(kind, absl::string_view("\0", 1));
  for (int shift = 24; shift >= 0; shift -= 8) prefix.push_back(static_cast<char>((partition >> shift) & 0xff));
  return prefix;
}

rocksdb::Options StoreOptions(size_t cache_bytes) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(cache_bytes);
  table.cache_index_and_filter_blocks = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  rocksdb::Options options;
  options.create_if_missing = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = kWriteBufferBytes;
  options.max_write_buffer_number = kWriteBuffersMax;
  options.max_open_files = kOpenFilesMax;
  options.keep_log_file_num = 2;
  return options;
}

}  // namespace

TaskState::TaskState(rocksdb::DB& db, absl::string_view kind, int partition) : db_(db), prefix_(TaskPrefix(kind, partition)) {}

std::string TaskState::StateKey(absl::string_view key) const { return absl::StrCat(prefix_, "s", key); }

absl::StatusOr<std::optional<std::string>> TaskState::Get(absl::string_view key) const {
  std::string value;
  const rocksdb::Status status = db_.Get(rocksdb::ReadOptions(), StateKey(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  RETURN_IF_ERROR(ToStatus(status, "read"));
  return std::optional<std::string>(std::move(value));
}

absl::Status TaskState::Scan(absl::string_view begin, absl::string_view end, Visit visit) const {
  const std::string lower = StateKey(begin);
  const std::string upper = end.empty() ? PrefixEnd(StateKey("")) : StateKey(end);
  const rocksdb::Slice bound(upper);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> it(db_.NewIterator(options));
  for (it->Seek(lower); it->Valid(); it->Next()) {
    if (!visit(ToView(it->key()).substr(prefix_.size() + 1), ToView(it->value()))) break;
  }
  return ToStatus(it->status(), "scan");
}

absl::StatusOr<std::optional<Checkpoint>> TaskState::ReadCheckpoint() const {
  std::string text;
  const rocksdb::Status status = db_.Get(rocksdb::ReadOptions(), absl::StrCat(prefix_, "m"), &text);
  if (status.IsNotFound()) return std::optional<Checkpoint>();
  RETURN_IF_ERROR(ToStatus(status, "read"));
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('\n', 2));
  Checkpoint checkpoint;
  int64_t micros = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &checkpoint.changelog_offset) || !absl::SimpleAtoi(parts[1], &micros)) {
    return absl::DataLossError("local copy of a task's state: its checkpoint is damaged");
  }
  checkpoint.time = absl::FromUnixMicros(micros);
  ASSIGN_OR_RETURN(checkpoint.positions, DecodePositions(parts[2]));
  return std::optional<Checkpoint>(std::move(checkpoint));
}

absl::Status TaskState::Apply(const std::vector<StateChange>& changes, const Checkpoint& checkpoint) {
  rocksdb::WriteBatch batch;
  for (const StateChange& change : changes) {
    const rocksdb::Status added =
        change.value.has_value() ? batch.Put(StateKey(change.key), *change.value) : batch.Delete(StateKey(change.key));
    RETURN_IF_ERROR(ToStatus(added, "write"));
  }
  const std::string text = absl::StrCat(checkpoint.changelog_offset, "\n", absl::ToUnixMicros(checkpoint.time), "\n",
                                        EncodePositions(checkpoint.positions));
  RETURN_IF_ERROR(ToStatus(batch.Put(absl::StrCat(prefix_, "m"), text), "write"));
  return ToStatus(db_.Write(rocksdb::WriteOptions(), &batch), "write");
}

absl::Status TaskState::Clear() {
  const std::string end = PrefixEnd(prefix_);
  return ToStatus(db_.DeleteRange(rocksdb::WriteOptions(), db_.DefaultColumnFamily(), ToSlice(prefix_), ToSlice(end)), "clear");
}

StateStore::StateStore(std::unique_ptr<rocksdb::DB> db) : db_(std::move(db)) {}
StateStore::~StateStore() = default;

absl::StatusOr<std::unique_ptr<StateStore>> StateStore::Open(const std::string& folder, size_t cache_bytes) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return absl::FailedPreconditionError(absl::StrCat("data folder '", folder, "': ", error.message()));
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(StoreOptions(cache_bytes), folder, &db);
  if (status.IsIOError() && status.ToString().find("lock") != std::string::npos) {
    // Nothing that passes: the process ends, and says so.
    return absl::AlreadyExistsError(
        absl::StrCat("data folder '", folder, "' is in use by another process: give each instance a folder of its own"));
  }
  if (!status.ok()) {
    return absl::FailedPreconditionError(absl::StrCat("data folder '", folder, "' cannot be opened: ", status.ToString(),
                                                      ". It is a cache: remove it, and it is made anew from the cluster."));
  }
  return std::unique_ptr<StateStore>(new StateStore(std::unique_ptr<rocksdb::DB>(db)));
}

std::unique_ptr<TaskState> StateStore::Task(absl::string_view kind, int partition) const {
  return std::make_unique<TaskState>(*db_, kind, partition);
}

}  // namespace touchstone::eventlog::kafka
