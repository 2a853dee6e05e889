#include "common/eventlog/embedded/internal/data_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/eventlog/embedded/folder_names.h"
#include "common/eventlog/embedded/internal/storage_error.h"
#include "common/status/macros.h"
#include "rocksdb/env.h"

namespace touchstone::eventlog::embedded {
namespace {

constexpr absl::string_view kFormatStart = "touchstone embedded log, format ";
constexpr int kFormat = 1;

// ` (process 123)`: who holds the lock; empty where that is not known. Only where it is not this process: to close a file gives
// up all locks that one's own process has on it.
std::string HolderOf(const std::string& lock_path) {
  const int file = open(lock_path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return "";
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  const bool is_held = fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK && lock.l_pid > 0;
  close(file);
  return is_held ? absl::StrCat(" (process ", lock.l_pid, ")") : "";
}

// Makes a folder and all above it; a new one's entry is durable on return.
absl::Status MakeFolders(rocksdb::Env& env, const std::filesystem::path& path) {
  if (path.empty() || env.FileExists(path.string()).ok()) return absl::OkStatus();
  const std::filesystem::path parent = path.parent_path();
  RETURN_IF_ERROR(MakeFolders(env, parent));
  const std::string doing = absl::StrCat("making data folder '", path.string(), "'");
  RETURN_IF_ERROR(FromRocksDb(env.CreateDirIfMissing(path.string()), doing));
  std::unique_ptr<rocksdb::Directory> directory;
  RETURN_IF_ERROR(FromRocksDb(env.NewDirectory(parent.empty() ? "." : parent.string(), &directory), doing));
  return FromRocksDb(directory->Fsync(), doing);
}

}  // namespace

absl::StatusOr<std::unique_ptr<DataFolder>> DataFolder::Open(rocksdb::Env& env, const std::string& path) {
  const std::string trimmed(absl::StripSuffix(path, "/"));
  RETURN_IF_ERROR(MakeFolders(env, trimmed));
  std::unique_ptr<DataFolder> folder(new DataFolder(env, trimmed));
  RETURN_IF_ERROR(folder->Lock());
  RETURN_IF_ERROR(folder->LookIn());
  return folder;
}

absl::StatusOr<std::unique_ptr<DataFolder>> DataFolder::OpenToRead(rocksdb::Env& env, const std::string& path, bool lock) {
  std::unique_ptr<DataFolder> folder(new DataFolder(env, std::string(absl::StripSuffix(path, "/"))));
  const bool begun = env.FileExists(folder->PathOf(kFormatName)).ok() || env.FileExists(folder->PathOf(kMarkName)).ok() ||
                     env.FileExists(folder->store_path() + "/CURRENT").ok();
  if (!begun) return absl::NotFoundError(absl::StrCat("no log has begun in '", folder->path(), "'"));
  if (lock) RETURN_IF_ERROR(folder->Lock());
  RETURN_IF_ERROR(folder->LookIn());
  if (!folder->has_mark_ && folder->has_store_) return DamagedFolder(folder->path(), "has lost its file MARK");
  if (!folder->has_mark_) return absl::NotFoundError(absl::StrCat("no log has begun in '", folder->path(), "'"));
  return folder;
}

absl::Status DataFolder::LookIn() {
  has_mark_ = env_.FileExists(PathOf(kMarkName)).ok();
  has_store_ = env_.FileExists(store_path() + "/CURRENT").ok();
  RETURN_IF_ERROR(CheckFormat());
  if (has_mark_ && !has_store_) return DamagedFolder(path_, "has lost its store (store/CURRENT is missing)");
  return absl::OkStatus();
}

DataFolder::~DataFolder() {
  if (lock_ != nullptr) env_.UnlockFile(lock_).PermitUncheckedError();
}

std::string DataFolder::store_path() const { return PathOf(kStoreName); }

std::string DataFolder::PathOf(absl::string_view name) const { return absl::StrCat(path_, "/", name); }

absl::Status DataFolder::Lock() {
  const rocksdb::Status status = env_.LockFile(PathOf(kLockName), &lock_);
  if (status.ok()) return absl::OkStatus();
  const std::string text = status.ToString();
  // RocksDB says so in words only: by EAGAIN where another process holds it, by its own text where this one does.
  const bool is_ours = absl::StrContains(text, "lock hold by current process");
  if (is_ours || absl::StrContains(text, "temporarily unavailable") ||
      absl::StrContains(text, "Permission denied while locking")) {
    return absl::FailedPreconditionError(
        absl::StrCat("data folder '", path_, "': another touchstone uses it", is_ours ? "" : HolderOf(PathOf(kLockName)),
                     ". Stop that one, or give this one a folder of its own. Nothing was changed."));
  }
  return FromRocksDb(status, absl::StrCat("locking data folder '", path_, "'"));
}

bool DataFolder::IsThere() const { return !env_.FileExists(PathOf(kFormatName)).IsNotFound(); }

absl::Status DataFolder::CheckFormat() {
  const std::string format_path = PathOf(kFormatName);
  if (!env_.FileExists(format_path).ok()) {
    if (has_mark_ || has_store_) return DamagedFolder(path_, "has lost its file FORMAT");
    return WriteFormat();
  }
  std::string text;
  RETURN_IF_ERROR(FromRocksDb(rocksdb::ReadFileToString(&env_, format_path, &text), absl::StrCat("reading '", format_path, "'")));
  absl::string_view number = text;
  int format = 0;
  if (!absl::ConsumePrefix(&number, kFormatStart) || !absl::SimpleAtoi(number, &format) || format < 1) {
    return DamagedFolder(path_, "has a file FORMAT that is not ours");
  }
  if (format > kFormat) {
    return absl::FailedPreconditionError(absl::StrCat("data folder '", path_, "' has format ", format,
                                                      ", and this touchstone knows ", kFormat,
                                                      ": start a newer one. Nothing was changed."));
  }
  return absl::OkStatus();
}

absl::Status DataFolder::WriteFormat() {
  const std::string format_path = PathOf(kFormatName);
  const std::string doing = absl::StrCat("writing '", format_path, "'");
  const std::string text = absl::StrCat(kFormatStart, kFormat, "\n");
  const std::string temporary = PathOf(kFormatDraftName);
  RETURN_IF_ERROR(FromRocksDb(rocksdb::WriteStringToFile(&env_, text, temporary, /*should_sync=*/true), doing));
  RETURN_IF_ERROR(FromRocksDb(env_.RenameFile(temporary, format_path), doing));
  std::unique_ptr<rocksdb::Directory> directory;
  RETURN_IF_ERROR(FromRocksDb(env_.NewDirectory(path_, &directory), doing));
  return FromRocksDb(directory->Fsync(), doing);
}

}  // namespace touchstone::eventlog::embedded
