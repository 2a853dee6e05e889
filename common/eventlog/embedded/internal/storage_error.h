#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace rocksdb {
class Status;
}

namespace touchstone::eventlog::embedded {

// The store's error in our words: DATA_LOSS (what is stored cannot be right), UNAVAILABLE (the disk, now), NOT_FOUND, INTERNAL.
// `doing` says what was tried: `reading 'var/touchstone/MARK'`. OK stays OK.
absl::Status FromRocksDb(const rocksdb::Status& status, absl::string_view doing);

// DATA_LOSS for a folder that must not be opened: what is wrong, what to do, and that nothing was changed.
absl::Status DamagedFolder(absl::string_view folder, absl::string_view what);

// Says what failed and what it means for what was acknowledged, then aborts: a failed write or fsync is never retried, since
// what the disk then holds is unknown. The next start recovers what is durable, or refuses to open.
[[noreturn]] void CrashOnStorageFailure(absl::string_view folder, absl::string_view doing, const rocksdb::Status& status);

// The same for a folder that was taken away from under the log.
[[noreturn]] void CrashOnLostFolder(absl::string_view folder);

}  // namespace touchstone::eventlog::embedded
