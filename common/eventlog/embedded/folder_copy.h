#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace touchstone::eventlog {

struct CopiedFile {
  // Below the folder: `store/000012.sst`.
  std::string name;
  int64_t bytes = 0;
  uint32_t crc32c = 0;

  friend bool operator==(const CopiedFile&, const CopiedFile&) = default;
};

struct FolderCopy {
  std::vector<CopiedFile> files;
  // Ever written to the folder, as of the copy, and when the last was.
  uint64_t records = 0;
  absl::Time last_write_time;
};

// Told now and then how much is copied; may be empty.
using CopyProgress = std::function<void(int64_t bytes_done, int64_t bytes)>;

// Copies the folder of an embedded log, also while a process writes to it: which is neither asked nor held up. All that was
// acknowledged when the call began is in the copy, and maybe some of what came later; it opens as the folder would after a power
// loss at that moment, which is tried before the call returns. Durable then. Why that is safe: services/adr/0008.
//
// `to` is not there, or empty. Blocks for the disk. NOT_FOUND: no log has begun in `from`. DATA_LOSS: it is damaged.
// FAILED_PRECONDITION: `to` cannot be written. Whatever fails, `to` is left for the caller to remove.
absl::StatusOr<FolderCopy> CopyFolder(const std::string& from, const std::string& to, const CopyProgress& progress);

// Copies one file; the copy is durable but for its entry. FAILED_PRECONDITION: one of them cannot be used, or there is one
// already.
absl::StatusOr<CopiedFile> CopyOneFile(const std::string& from, const std::string& to);

// What a file holds now; its name is empty. FAILED_PRECONDITION: it cannot be read.
absl::StatusOr<CopiedFile> ReadChecksum(const std::string& path);

// What a file holds, or the entries of a folder, become durable.
absl::Status SyncPath(const std::string& path);

}  // namespace touchstone::eventlog
