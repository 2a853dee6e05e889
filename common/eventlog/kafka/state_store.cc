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

// What it says cannot be right, or files of it are gone.
bool IsDamage(const rocksdb::Status& status) { return status.IsCorruption() || status.IsPathNotFound(); }

bool IsHeldByAnother(const rocksdb::Status& status) {
  return status.IsIOError() && status.ToString().find("lock") != std::string::npos;
}

absl::Status Damaged(absl::string_view what) {
  return absl::UnavailableError(
      absl::StrCat("local copy of a task's state is damaged and will be made anew from its changelog: ", what));
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

TaskState::TaskState(rocksdb::DB& db, std::atomic<bool>& damaged, absl::string_view kind, int partition)
    : db_(db), damaged_(damaged), prefix_(TaskPrefix(kind, partition)) {}

absl::Status TaskState::Checked(const rocksdb::Status& status, absl::string_view doing) const {
  if (status.ok()) return absl::OkStatus();
  if (!IsDamage(status)) {
    return absl::UnavailableError(absl::StrCat("local copy of a task's state, ", doing, ": ", status.ToString()));
  }
  damaged_ = true;
  return Damaged(status.ToString());
}

std::string TaskState::StateKey(absl::string_view key) const { return absl::StrCat(prefix_, "s", key); }

absl::StatusOr<std::optional<std::string>> TaskState::Get(absl::string_view key) const {
  std::string value;
  const rocksdb::Status status = db_.Get(rocksdb::ReadOptions(), StateKey(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  RETURN_IF_ERROR(Checked(status, "read"));
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
  return Checked(it->status(), "scan");
}

absl::StatusOr<std::optional<Checkpoint>> TaskState::ReadCheckpoint() const {
  std::string text;
  const rocksdb::Status status = db_.Get(rocksdb::ReadOptions(), absl::StrCat(prefix_, "m"), &text);
  if (status.IsNotFound()) return std::optional<Checkpoint>();
  RETURN_IF_ERROR(Checked(status, "read"));
  absl::StatusOr<Checkpoint> checkpoint = Parsed(text);
  if (!checkpoint.ok()) {
    damaged_ = true;
    return Damaged("its checkpoint cannot be read");
  }
  return std::optional<Checkpoint>(*std::move(checkpoint));
}

absl::StatusOr<Checkpoint> TaskState::Parsed(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('\n', 2));
  Checkpoint checkpoint;
  int64_t micros = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &checkpoint.changelog_offset) || !absl::SimpleAtoi(parts[1], &micros)) {
    return absl::DataLossError("no checkpoint");
  }
  checkpoint.time = absl::FromUnixMicros(micros);
  ASSIGN_OR_RETURN(checkpoint.positions, DecodePositions(parts[2]));
  return checkpoint;
}

absl::Status TaskState::Apply(const std::vector<StateChange>& changes, const Checkpoint& checkpoint) {
  rocksdb::WriteBatch batch;
  for (const StateChange& change : changes) {
    const rocksdb::Status added =
        change.value.has_value() ? batch.Put(StateKey(change.key), *change.value) : batch.Delete(StateKey(change.key));
    RETURN_IF_ERROR(Checked(added, "write"));
  }
  const std::string text = absl::StrCat(checkpoint.changelog_offset, "\n", absl::ToUnixMicros(checkpoint.time), "\n",
                                        EncodePositions(checkpoint.positions));
  RETURN_IF_ERROR(Checked(batch.Put(absl::StrCat(prefix_, "m"), text), "write"));
  return Checked(db_.Write(rocksdb::WriteOptions(), &batch), "write");
}

absl::Status TaskState::Clear() {
  const std::string end = PrefixEnd(prefix_);
  return Checked(db_.DeleteRange(rocksdb::WriteOptions(), db_.DefaultColumnFamily(), ToSlice(prefix_), ToSlice(end)), "clear");
}

StateStore::StateStore(std::string folder, std::unique_ptr<rocksdb::DB> db) : folder_(std::move(folder)), db_(std::move(db)) {}

StateStore::~StateStore() {
  if (!damaged_) return;
  db_.reset();
  // Where that fails, the damage is met again.
  rocksdb::DestroyDB(folder_, rocksdb::Options()).PermitUncheckedError();
}

absl::StatusOr<std::unique_ptr<StateStore>> StateStore::Open(const std::string& folder, size_t cache_bytes,
                                                             const OnDamage& on_damage) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return absl::FailedPreconditionError(absl::StrCat("data folder '", folder, "': ", error.message()));
  const rocksdb::Options options = StoreOptions(cache_bytes);
  rocksdb::DB* db = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(options, folder, &db);
  if (IsDamage(status)) {
    if (on_damage)
      on_damage(absl::StrCat("data folder '", folder, "' is damaged, and made anew from the cluster: ", status.ToString()));
    status = rocksdb::DestroyDB(folder, options);
    if (status.ok()) status = rocksdb::DB::Open(options, folder, &db);
  }
  if (IsHeldByAnother(status)) {
    // Nothing that passes: the process ends, and says so.
    return absl::AlreadyExistsError(
        absl::StrCat("data folder '", folder, "' is in use by another process: give each instance a folder of its own"));
  }
  if (!status.ok()) {
    return absl::FailedPreconditionError(absl::StrCat("data folder '", folder, "' cannot be opened: ", status.ToString(),
                                                      ". It is a cache: remove it, and it is made anew from the cluster."));
  }
  return std::unique_ptr<StateStore>(new StateStore(folder, std::unique_ptr<rocksdb::DB>(db)));
}

std::unique_ptr<TaskState> StateStore::Task(absl::string_view kind, int partition) const {
  return std::make_unique<TaskState>(*db_, damaged_, kind, partition);
}

}  // namespace touchstone::eventlog::kafka
