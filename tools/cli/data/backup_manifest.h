#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/embedded/folder_copy.h"

namespace touchstone::cli {

// What a backup says of itself, in its file BACKUP, written last: where it stands, the backup is whole. As JSON, for people to
// read; times as RFC 3339.
struct BackupManifest {
  absl::Time made;
  // The data folder it is of, as it was named.
  std::string source;
  // Of the touchstone that made it.
  std::string version;
  // Ever written to the log, and when the last was.
  uint64_t records = 0;
  absl::Time last_write;
  // Whether the secret behind name keys lies in it.
  bool has_secret = false;
  // Below the backup, and nowhere else: `log/store/000012.sst`, `name-secret`.
  std::vector<eventlog::CopiedFile> files;
};

std::string EncodeBackupManifest(const BackupManifest& manifest);
// DATA_LOSS where it cannot be read; FAILED_PRECONDITION where a newer touchstone wrote it.
absl::StatusOr<BackupManifest> ParseBackupManifest(absl::string_view text);

}  // namespace touchstone::cli
