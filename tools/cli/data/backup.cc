#include "tools/cli/data/backup.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/config/file_text.h"
#include "common/runtime/version.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"
#include "services/process/data_dir.h"
#include "services/process/secret.h"
#include "touchstone/events/v1/inboxes.pb.h"

namespace touchstone::cli {
namespace {

namespace fs = std::filesystem;
using eventlog::FolderReader;

constexpr size_t kManifestBytesMax = 16 << 20;

absl::StatusOr<bool> IsEmptyOrMissing(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) return true;
  if (!fs::is_directory(folder, error)) return false;
  bool empty = true;
  // A file system's own `lost+found` is nobody's.
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    empty = empty && entry->path().filename() == "lost+found";
  }
  if (error) return absl::InvalidArgumentError(absl::StrCat("'", folder, "' cannot be read: ", error.message()));
  return empty;
}

bool IsWithin(const fs::path& inner, const fs::path& outer) {
  std::error_code error;
  const fs::path in = fs::weakly_canonical(inner, error);
  const fs::path out = fs::weakly_canonical(outer, error);
  return std::mismatch(out.begin(), out.end(), in.begin(), in.end()).first == out.end();
}

absl::Status WriteNew(const std::string& path, absl::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  if (!file) return absl::FailedPreconditionError(absl::StrCat("writing '", path, "' failed"));
  return absl::OkStatus();
}

absl::Status Rename(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) return absl::FailedPreconditionError(absl::StrCat("renaming '", from, "' to '", to, "': ", error.message()));
  return absl::OkStatus();
}

// The fingerprint of the secret that a log was written with; nothing where it was never stated.
absl::StatusOr<std::optional<std::string>> StatedFingerprint(const FolderReader& reader) {
  std::optional<std::string> stated;
  const absl::Status read = reader.ReadRecords(topics::kControl, 0, 0, [&](const FolderReader::RecordView& record) {
    events::v1::ControlRecord control;
    if (control.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())) && control.has_secret_stated())
      stated = control.secret_stated().fingerprint();
    return !stated.has_value();
  });
  if (!absl::IsNotFound(read)) RETURN_IF_ERROR(read);
  return stated;
}

// Whether the folder's secret, where it has one, is its log's.
absl::StatusOr<bool> CheckSecret(const std::string& folder, const FolderReader& reader) {
  const std::string path = absl::StrCat(folder, "/", process::kSecretName);
  const absl::StatusOr<names::NameSecret> secret = process::ReadSecret(path);
  if (absl::IsNotFound(secret.status())) return false;
  RETURN_IF_ERROR(secret.status());
  ASSIGN_OR_RETURN(const std::optional<std::string> stated, StatedFingerprint(reader));
  if (!stated.has_value() || *stated == secret->Fingerprint()) return true;
  return absl::DataLossError(absl::StrCat("'", path, "' is the secret of another log: its fingerprint is ", secret->Fingerprint(),
                                          ", and this log was written with ", *stated,
                                          ".\n  Put the right file in its place. Nothing was changed."));
}

absl::StatusOr<DataCheck> CheckFolder(const std::string& folder, FolderReader::Access access) {
  ASSIGN_OR_RETURN(const std::unique_ptr<FolderReader> reader, FolderReader::Open(absl::StrCat(folder, "/log"), access));
  DataCheck check;
  ASSIGN_OR_RETURN(check.report, reader->Check());
  check.records = reader->records_written();
  check.last_write = reader->last_write_time();
  ASSIGN_OR_RETURN(check.has_secret, CheckSecret(folder, *reader));
  return check;
}

absl::Status Damaged(const std::string& backup, absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat("backup '", backup, "' is damaged: ", what, ".\n  Take another backup. Nothing was changed."));
}

absl::StatusOr<BackupManifest> ReadManifest(const std::string& backup) {
  const std::string path = absl::StrCat(backup, "/", process::kBackupName);
  if (!fs::exists(path)) {
    const std::string said = fs::exists(absl::StrCat(backup, "/", process::kUnfinishedBackupName))
                                 ? " is unfinished: the making of it was interrupted. Remove it, and make another"
                                 : absl::StrCat(" is no backup: it has no file ", process::kBackupName);
    return absl::InvalidArgumentError(absl::StrCat("'", backup, "'", said));
  }
  ASSIGN_OR_RETURN(const std::string text, config::ReadFileText(path, kManifestBytesMax));
  absl::StatusOr<BackupManifest> manifest = ParseBackupManifest(text);
  if (absl::IsDataLoss(manifest.status())) return Damaged(backup, manifest.status().message());
  if (!manifest.ok())
    return absl::Status(manifest.status().code(), absl::StrCat("backup '", backup, "': ", manifest.status().message()));
  return manifest;
}

absl::Status Compare(const std::string& backup, const eventlog::CopiedFile& file,
                     const absl::StatusOr<eventlog::CopiedFile>& found) {
  if (absl::IsNotFound(found.status())) return Damaged(backup, absl::StrCat("its file ", file.name, " is missing"));
  RETURN_IF_ERROR(found.status());
  if (found->bytes == file.bytes && found->crc32c == file.crc32c) return absl::OkStatus();
  return Damaged(backup, absl::StrCat("its file ", file.name, " is not what it was when the backup was made"));
}

absl::Status CheckFiles(const std::string& backup) {
  ASSIGN_OR_RETURN(const BackupManifest manifest, ReadManifest(backup));
  for (const eventlog::CopiedFile& file : manifest.files) {
    RETURN_IF_ERROR(Compare(backup, file, eventlog::ReadChecksum(absl::StrCat(backup, "/", file.name))));
  }
  return absl::OkStatus();
}

// Copies what a data folder has into a folder that is there.
absl::StatusOr<BackupManifest> CopyData(const std::string& data_dir, const std::string& to,
                                        const eventlog::CopyProgress& progress) {
  ASSIGN_OR_RETURN(const eventlog::FolderCopy copy,
                   eventlog::CopyFolder(absl::StrCat(data_dir, "/log"), absl::StrCat(to, "/log"), progress));
  BackupManifest manifest;
  for (eventlog::CopiedFile file : copy.files) {
    file.name = absl::StrCat("log/", file.name);
    manifest.files.push_back(std::move(file));
  }
  manifest.records = copy.records;
  manifest.last_write = copy.last_write_time;
  const std::string secret = absl::StrCat(data_dir, "/", process::kSecretName);
  if (fs::exists(secret)) {
    ASSIGN_OR_RETURN(eventlog::CopiedFile file, eventlog::CopyOneFile(secret, absl::StrCat(to, "/", process::kSecretName)));
    file.name = process::kSecretName;
    manifest.files.push_back(std::move(file));
    manifest.has_secret = true;
  }
  return manifest;
}

absl::Status MakeFolder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat("'", folder, "' cannot be made: ", error.message()));
  return absl::OkStatus();
}

// Takes away what is in a folder, and the folder itself where it was not there before.
void TakeBack(const std::string& folder, bool was_there) {
  std::error_code error;
  if (!was_there) {
    fs::remove_all(folder, error);
    return;
  }
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().filename() != "lost+found") fs::remove_all(entry->path(), error);
  }
}

// What an interrupted restore left.
void RemoveHalfRestored(const std::string& data_dir) {
  std::error_code error;
  fs::remove_all(absl::StrCat(data_dir, "/", process::kRestoringName), error);
  fs::remove(absl::StrCat(data_dir, "/", process::kSecretName), error);
}

}  // namespace

bool IsBackup(const std::string& folder) {
  return fs::exists(absl::StrCat(folder, "/", process::kBackupName)) ||
         fs::exists(absl::StrCat(folder, "/", process::kUnfinishedBackupName));
}

absl::StatusOr<Backup> MakeBackup(const std::string& data_dir, const std::string& to, const clock::Clock& clock,
                                  const eventlog::CopyProgress& progress) {
  ASSIGN_OR_RETURN(const bool empty, IsEmptyOrMissing(to));
  if (!empty) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", to, "' holds something already: name a folder that is empty or not there yet"));
  }
  if (IsWithin(to, data_dir)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", to, "' lies in the data folder itself: name one outside, best on another disk"));
  }
  const bool was_there = fs::exists(to);
  RETURN_IF_ERROR(MakeFolder(to));
  absl::Cleanup take_back = [&] { TakeBack(to, was_there); };
  const std::string unfinished = absl::StrCat(to, "/", process::kUnfinishedBackupName);
  RETURN_IF_ERROR(WriteNew(unfinished, ""));
  Backup backup;
  const absl::Time now = clock.Now();
  ASSIGN_OR_RETURN(backup.manifest, CopyData(data_dir, to, progress));
  backup.manifest.made = now;
  backup.manifest.source = data_dir;
  backup.manifest.version = runtime::kVersion;
  ASSIGN_OR_RETURN(backup.check, CheckFolder(to, FolderReader::Access::kCopy));
  RETURN_IF_ERROR(WriteNew(unfinished, EncodeBackupManifest(backup.manifest)));
  RETURN_IF_ERROR(eventlog::SyncPath(unfinished));
  RETURN_IF_ERROR(Rename(unfinished, absl::StrCat(to, "/", process::kBackupName)));
  RETURN_IF_ERROR(eventlog::SyncPath(to));
  std::move(take_back).Cancel();
  return backup;
}

absl::StatusOr<BackupManifest> RestoreBackup(const std::string& backup, const std::string& data_dir,
                                             const eventlog::CopyProgress& progress) {
  ASSIGN_OR_RETURN(const BackupManifest manifest, ReadManifest(backup));
  const std::string unfinished = absl::StrCat(data_dir, "/", process::kRestoringName);
  if (fs::exists(unfinished) && !fs::exists(absl::StrCat(data_dir, "/log"))) RemoveHalfRestored(data_dir);
  ASSIGN_OR_RETURN(const bool empty, IsEmptyOrMissing(data_dir));
  if (!empty) {
    return absl::InvalidArgumentError(absl::StrCat("data folder '", data_dir,
                                                   "' holds something already, and nothing is overwritten: move it away, or name "
                                                   "another with --data-dir"));
  }
  const bool was_there = fs::exists(data_dir);
  absl::Cleanup take_back = [&] { TakeBack(data_dir, was_there); };
  RETURN_IF_ERROR(MakeFolder(absl::StrCat(unfinished, "/store")));
  int64_t bytes = 0;
  int64_t done = 0;
  for (const eventlog::CopiedFile& file : manifest.files) bytes += file.bytes;
  for (const eventlog::CopiedFile& file : manifest.files) {
    const bool of_log = absl::StartsWith(file.name, "log/");
    const std::string to = of_log ? absl::StrCat(unfinished, file.name.substr(3)) : absl::StrCat(data_dir, "/", file.name);
    RETURN_IF_ERROR(Compare(backup, file, eventlog::CopyOneFile(absl::StrCat(backup, "/", file.name), to)));
    done += file.bytes;
    if (progress) progress(done, bytes);
  }
  for (const std::string& folder : {absl::StrCat(unfinished, "/store"), unfinished, data_dir}) {
    RETURN_IF_ERROR(eventlog::SyncPath(folder));
  }
  RETURN_IF_ERROR(Rename(unfinished, absl::StrCat(data_dir, "/log")));
  std::move(take_back).Cancel();
  RETURN_IF_ERROR(eventlog::SyncPath(data_dir));
  return manifest;
}

absl::StatusOr<DataCheck> CheckData(const std::string& folder) {
  if (!fs::is_directory(folder)) return absl::InvalidArgumentError(absl::StrCat("there is no folder '", folder, "'"));
  const bool backup = IsBackup(folder);
  if (backup) RETURN_IF_ERROR(CheckFiles(folder));
  absl::StatusOr<DataCheck> check = CheckFolder(folder, backup ? FolderReader::Access::kCopy : FolderReader::Access::kLocked);
  if (!absl::IsNotFound(check.status())) return check;
  return absl::InvalidArgumentError(
      absl::StrCat("'", folder, "' is neither a data folder of the embedded log nor a backup: ", check.status().message()));
}

}  // namespace touchstone::cli
