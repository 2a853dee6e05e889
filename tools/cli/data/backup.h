#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/eventlog/embedded/folder_copy.h"
#include "common/eventlog/embedded/folder_reader.h"
#include "tools/cli/data/backup_manifest.h"

// Backups of data folders: `touchstone backup | restore | verify` without their flags. A backup is a folder:
//
//   BACKUP        what it is and what it holds (backup_manifest.h), written last
//   log/          the embedded log's folder, as it would be after a power loss at that moment
//   name-secret   the secret behind name keys, where the data folder has it
namespace touchstone::cli {

// What a data folder or a backup was found to hold, and all of it whole.
struct DataCheck {
  eventlog::FolderReport report;
  // Ever written, and when the last was.
  uint64_t records = 0;
  absl::Time last_write;
  bool has_secret = false;
};

struct Backup {
  BackupManifest manifest;
  DataCheck check;
};

// Makes a backup of a data folder, also of one at work, in `to`, which is not there or empty; reads it back whole. Blocks for the
// disk. INVALID_ARGUMENT: `to` holds something or lies within the data folder. NOT_FOUND: there is no data. DATA_LOSS: it is
// damaged. Where it fails, `to` is as it was.
absl::StatusOr<Backup> MakeBackup(const std::string& data_dir, const std::string& to, const clock::Clock& clock,
                                  const eventlog::CopyProgress& progress);

// Puts a backup's copy in place as a data folder, which is not there, empty, or left by a restore that was interrupted. What is
// copied is compared with what the backup says. INVALID_ARGUMENT: the folder holds something. DATA_LOSS: the backup is damaged.
absl::StatusOr<BackupManifest> RestoreBackup(const std::string& backup, const std::string& data_dir,
                                             const eventlog::CopyProgress& progress);

// Reads a data folder that nobody uses, or a backup, whole. DATA_LOSS says what is damaged and what to do; FAILED_PRECONDITION:
// a process uses it; INVALID_ARGUMENT: it is neither.
absl::StatusOr<DataCheck> CheckData(const std::string& folder);

// Whether there is a backup, finished or not.
bool IsBackup(const std::string& folder);

}  // namespace touchstone::cli
