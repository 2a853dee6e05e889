#include "common/eventlog/embedded/internal/storage_error.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "rocksdb/status.h"

namespace touchstone::eventlog::embedded {

absl::Status FromRocksDb(const rocksdb::Status& status, absl::string_view doing) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = absl::StrCat(doing, ": ", status.ToString());
  if (status.IsNotFound() || status.IsPathNotFound()) return absl::NotFoundError(message);
  if (status.IsCorruption()) return absl::DataLossError(message);
  if (status.IsIOError() || status.IsBusy() || status.IsTryAgain() || status.IsTimedOut()) return absl::UnavailableError(message);
  return absl::InternalError(message);
}

absl::Status DamagedFolder(absl::string_view folder, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(
      "data folder '", folder, "' ", what,
      ".\n  Put a backup of the folder in its place (touchstone restore), or move it away to begin with an empty one. "
      "Nothing was changed."));
}

void CrashOnStorageFailure(absl::string_view folder, absl::string_view doing, const rocksdb::Status& status) {
  const absl::string_view advice =
      status.IsNoSpace() ? "The disk is full: free some space, then start again." : "Look at the disk, then start again.";
  const std::string message = absl::StrCat(
      "touchstone: data folder '", folder, "': ", doing, " failed: ", status.ToString(),
      "\n  What was acknowledged is safe; what was not may be gone. Stopping, because a failed write is never retried. ", advice,
      "\n");
  std::fwrite(message.data(), 1, message.size(), stderr);
  std::fflush(stderr);
  std::abort();
}

void CrashOnLostFolder(absl::string_view folder) {
  const std::string message =
      absl::StrCat("touchstone: data folder '", folder, "' is no longer there: it was removed or moved while in use.\n",
                   "  What was acknowledged is in its files: put them back, then start again. Stopping, because nothing more "
                   "would be kept.\n");
  std::fwrite(message.data(), 1, message.size(), stderr);
  std::fflush(stderr);
  std::abort();
}

}  // namespace touchstone::eventlog::embedded
