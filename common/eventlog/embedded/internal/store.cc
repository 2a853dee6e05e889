#include "common/eventlog/embedded/internal/store.h"

#include "absl/strings/str_cat.h"
#include "common/eventlog/embedded/internal/keys.h"
#include "common/eventlog/embedded/internal/replay_guard.h"
#include "common/eventlog/embedded/internal/storage_error.h"
#include "common/eventlog/embedded/internal/store_options.h"
#include "common/status/macros.h"
#include "rocksdb/convenience.h"
#include "rocksdb/db.h"
#include "rocksdb/write_batch.h"

namespace touchstone::eventlog::embedded {
namespace {

// A look at the store's end needs few of its tables.
constexpr int kOpenFilesToLook = 64;

class NoReplay : public rocksdb::WalFilter {
 public:
  WalProcessingOption LogRecordFound(unsigned long long, const std::string&, const rocksdb::WriteBatch&,  // NOLINT
                                     rocksdb::WriteBatch*, bool*) override {
    return WalProcessingOption::kStopReplay;
  }
  const char* Name() const override { return "touchstone.NoReplay"; }
};

class SilentLogger : public rocksdb::Logger {
 public:
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::Slice ToSlice(absl::string_view bytes) { return {bytes.data(), bytes.size()}; }
absl::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

absl::StatusOr<WriteEnd> EndOf(const std::optional<std::string>& value) {
  if (!value) return WriteEnd();
  const std::optional<WriteEnd> end = ParseWriteEnd(*value);
  if (!end) return absl::DataLossError("the store's record of its end cannot be read");
  return *end;
}

absl::Status Visit(rocksdb::Iterator& it, absl::FunctionRef<bool(absl::string_view, absl::string_view)> visit) {
  for (; it.Valid(); it.Next()) {
    if (!visit(ToView(it.key()), ToView(it.value()))) break;
  }
  return FromRocksDb(it.status(), "reading the store");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::Open(rocksdb::Env& env, const std::string& path, uint64_t in_tables,
                                                   const StoreLimits& limits) {
  ReplayGuard guard(in_tables);
  std::unique_ptr<Store> store(new Store);
  rocksdb::DB* db = nullptr;
  RETURN_IF_ERROR(
      FromRocksDb(rocksdb::DB::Open(DatabaseOptions(env, limits, &guard), path, ColumnFamilies(limits), &store->families_, &db),
                  absl::StrCat("opening '", path, "'")));
  store->db_.reset(db);
  return store;
}

absl::StatusOr<WriteEnd> Store::EndInTables(rocksdb::Env& env, const std::string& path) {
  NoReplay nothing;
  ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, ReplayedBy(nothing, env, path));
  return store->End();
}

absl::StatusOr<WriteEnd> Store::EndAsRecovered(rocksdb::Env& env, const std::string& path, uint64_t in_tables) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, OpenToRead(env, path, in_tables));
  return store->End();
}

absl::StatusOr<std::unique_ptr<Store>> Store::OpenToRead(rocksdb::Env& env, const std::string& path, uint64_t in_tables) {
  ReplayGuard guard(in_tables);
  return ReplayedBy(guard, env, path);
}

absl::StatusOr<std::unique_ptr<Store>> Store::ReplayedBy(rocksdb::WalFilter& filter, rocksdb::Env& env, const std::string& path) {
  const StoreLimits limits{.block_cache_bytes = 1 << 20, .wal_bytes_max = 0};
  rocksdb::DBOptions options = DatabaseOptions(env, limits, &filter);
  options.max_open_files = kOpenFilesToLook;
  options.create_if_missing = false;
  options.create_missing_column_families = false;
  // By itself it begins a file LOG.
  options.info_log = std::make_shared<SilentLogger>();
  std::unique_ptr<Store> store(new Store);
  rocksdb::DB* db = nullptr;
  RETURN_IF_ERROR(FromRocksDb(rocksdb::DB::OpenForReadOnly(options, path, ColumnFamilies(limits), &store->families_, &db),
                              absl::StrCat("reading '", path, "'")));
  store->db_.reset(db);
  return store;
}

Store::~Store() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* family : families_) db_->DestroyColumnFamilyHandle(family).PermitUncheckedError();
  db_->Close().PermitUncheckedError();
}

absl::StatusOr<WriteEnd> Store::End() const {
  ASSIGN_OR_RETURN(const std::optional<std::string> value, Get(meta(), kEndKey));
  return EndOf(value);
}

rocksdb::Status Store::Write(rocksdb::WriteBatch& batch) { return db_->Write(rocksdb::WriteOptions(), &batch); }

rocksdb::Status Store::SyncWal() { return db_->SyncWAL(); }

rocksdb::Status Store::DropFiles(absl::string_view begin, absl::string_view end) {
  const rocksdb::Slice from = ToSlice(begin);
  const rocksdb::Slice to = ToSlice(end);
  return rocksdb::DeleteFilesInRange(db_.get(), log(), &from, &to, /*include_end=*/false);
}

absl::StatusOr<std::optional<std::string>> Store::Get(rocksdb::ColumnFamilyHandle* family, absl::string_view key) const {
  std::string value;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), family, ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  RETURN_IF_ERROR(FromRocksDb(status, "reading the store"));
  return std::optional<std::string>(std::move(value));
}

absl::Status Store::CheckTables() const {
  return FromRocksDb(db_->VerifyChecksum(rocksdb::ReadOptions()), "checking the store's tables");
}

absl::Status Store::Scan(rocksdb::ColumnFamilyHandle* family, absl::string_view begin, absl::string_view end,
                         absl::FunctionRef<bool(absl::string_view, absl::string_view)> visit) const {
  return ScanFrom(family, begin, begin, end, visit);
}

absl::Status Store::ScanFrom(rocksdb::ColumnFamilyHandle* family, absl::string_view from, absl::string_view begin,
                             absl::string_view end, absl::FunctionRef<bool(absl::string_view, absl::string_view)> visit) const {
  rocksdb::ReadOptions options;
  const rocksdb::Slice lower = ToSlice(begin);
  const rocksdb::Slice upper = ToSlice(end);
  options.iterate_lower_bound = &lower;
  if (!end.empty()) options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options, family));
  if (from != begin) it->SeekForPrev(ToSlice(from));
  if (!it->Valid() && it->status().ok()) it->Seek(lower);
  return Visit(*it, visit);
}

}  // namespace touchstone::eventlog::embedded
