#include "common/eventlog/embedded/internal/open_folder.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/eventlog/embedded/internal/keys.h"
#include "common/eventlog/embedded/internal/storage_error.h"
#include "common/eventlog/embedded/internal/wal_scan.h"
#include "common/status/macros.h"
#include "rocksdb/env.h"
#include "rocksdb/write_batch.h"

namespace touchstone::eventlog::embedded {
namespace {

std::string WithCommas(uint64_t number) {
  std::string digits = absl::StrCat(number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<size_t>(at), ",");
  return digits;
}

std::string EndIsMissing(const WriteEnd& mark, const WriteEnd& end, absl::string_view damage) {
  return absl::StrCat("was written up to record ", WithCommas(mark.records), " (write ", WithCommas(mark.write), ") and ends at ",
                      WithCommas(end.records), " (write ", WithCommas(end.write), "): its log is damaged or incomplete",
                      damage.empty() ? "" : absl::StrCat(" (store/", damage, ")"));
}

// What is wrong or not there is damage; anything else (the disk does not answer) says itself what it is.
absl::Status StoreError(const std::string& folder, const absl::Status& status) {
  if (!absl::IsDataLoss(status) && !absl::IsNotFound(status)) return status;
  return DamagedFolder(folder, absl::StrCat("is damaged: ", status.message()));
}

// Where the store's tables end; refuses, before anything is changed, a store that ends before the mark.
absl::StatusOr<uint64_t> CheckEnd(rocksdb::Env& env, const DataFolder& folder, const WriteEnd& mark) {
  const absl::StatusOr<WriteEnd> tables = Store::EndInTables(env, folder.store_path());
  if (!tables.ok()) return StoreError(folder.path(), tables.status());
  const uint64_t in_tables = tables->write;
  ASSIGN_OR_RETURN(const WalScan scan, ScanWal(env, folder.store_path(), in_tables));
  if (scan.end.write >= mark.write) return in_tables;
  // Either the end is in the store already, or it is lost.
  const absl::StatusOr<WriteEnd> end = Store::EndAsRecovered(env, folder.store_path(), in_tables);
  if (!end.ok()) return StoreError(folder.path(), end.status());
  if (end->write >= mark.write) return in_tables;
  return DamagedFolder(folder.path(), EndIsMissing(mark, *end, scan.damage));
}

absl::Status OpenStore(rocksdb::Env& env, const EmbeddedOptions& options, OpenedFolder& opened) {
  const std::string& path = opened.folder->path();
  // Without a mark nothing was ever acknowledged.
  uint64_t in_tables = 0;
  if (opened.folder->has_mark()) {
    ASSIGN_OR_RETURN(opened.mark, MarkFile::Open(env, path));
    ASSIGN_OR_RETURN(in_tables, CheckEnd(env, *opened.folder, opened.mark->end()));
  }
  absl::StatusOr<std::unique_ptr<Store>> store =
      Store::Open(env, opened.folder->store_path(), in_tables, {options.limits.block_cache_bytes, options.limits.wal_bytes_max});
  if (!store.ok()) return StoreError(path, store.status());
  opened.store = *std::move(store);
  ASSIGN_OR_RETURN(opened.end, opened.store->End());
  if (opened.mark == nullptr && opened.end.write > 1) return DamagedFolder(path, "has lost its file MARK");
  if (opened.mark != nullptr && opened.end.write < opened.mark->end().write) {
    return absl::DataLossError(absl::StrCat("data folder '", path, "' ", EndIsMissing(opened.mark->end(), opened.end, ""),
                                            ".\n  Put a backup of the folder in its place (touchstone restore)."));
  }
  return absl::OkStatus();
}

// Writes the topics that are new, durably; also an empty list, as the first write of a new folder.
absl::Status WriteTopics(OpenedFolder& opened) {
  const auto& additions = opened.topics->additions();
  if (additions.empty() && opened.end.write > 0) return absl::OkStatus();
  ++opened.end.write;
  rocksdb::WriteBatch batch;
  batch.Put(opened.store->meta(), kEndKey, EncodeWriteEnd(opened.end)).PermitUncheckedError();
  for (const auto& [key, value] : additions) batch.Put(opened.store->meta(), key, value).PermitUncheckedError();
  const std::string doing = absl::StrCat("writing the topics of data folder '", opened.folder->path(), "'");
  RETURN_IF_ERROR(FromRocksDb(opened.store->Write(batch), doing));
  return FromRocksDb(opened.store->SyncWal(), doing);
}

}  // namespace

absl::StatusOr<OpenedFolder> OpenFolderToRead(rocksdb::Env& env, const std::string& path, bool lock) {
  OpenedFolder opened;
  ASSIGN_OR_RETURN(opened.folder, DataFolder::OpenToRead(env, path, lock));
  ASSIGN_OR_RETURN(const WriteEnd mark, MarkFile::Read(env, opened.folder->path()));
  ASSIGN_OR_RETURN(const uint64_t in_tables, CheckEnd(env, *opened.folder, mark));
  absl::StatusOr<std::unique_ptr<Store>> store = Store::OpenToRead(env, opened.folder->store_path(), in_tables);
  if (!store.ok()) return StoreError(opened.folder->path(), store.status());
  opened.store = *std::move(store);
  ASSIGN_OR_RETURN(opened.end, opened.store->End());
  ASSIGN_OR_RETURN(const TopicCatalog topics, StoredTopics(*opened.store, path));
  ASSIGN_OR_RETURN(opened.topics, TopicTable::Load(*opened.store, path, topics));
  opened.tasks = std::make_unique<TaskTable>(*opened.topics, *opened.store);
  RETURN_IF_ERROR(opened.tasks->Load());
  return opened;
}

absl::StatusOr<OpenedFolder> OpenFolder(const EmbeddedOptions& options) {
  rocksdb::Env& env = options.env != nullptr ? *options.env : *rocksdb::Env::Default();
  OpenedFolder opened;
  ASSIGN_OR_RETURN(opened.folder, DataFolder::Open(env, options.folder));
  RETURN_IF_ERROR(OpenStore(env, options, opened));
  const std::string& path = opened.folder->path();
  ASSIGN_OR_RETURN(opened.topics, TopicTable::Load(*opened.store, path, options.topics));
  opened.tasks = std::make_unique<TaskTable>(*opened.topics, *opened.store);
  RETURN_IF_ERROR(opened.tasks->Load());
  RETURN_IF_ERROR(WriteTopics(opened));
  if (opened.mark == nullptr) {
    ASSIGN_OR_RETURN(opened.mark, MarkFile::Create(env, path, opened.end));
  }
  return opened;
}

}  // namespace touchstone::eventlog::embedded
