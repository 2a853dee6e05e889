#include "services/process/data_dir.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/eventlog/embedded/folder_names.h"
#include "common/status/macros.h"

namespace touchstone::process {
namespace {

constexpr size_t kNamedFilesMax = 3;

absl::Status NoDataDir(const std::string& path, absl::string_view found, absl::string_view what_to_do) {
  return absl::InvalidArgumentError(absl::StrCat("data folder '", path, "' ", found, ": ", what_to_do, ". Nothing was changed."));
}

// The names in `folder` that are none of `known`, in order.
absl::StatusOr<std::vector<std::string>> Others(const std::filesystem::path& folder, absl::Span<const absl::string_view> known) {
  std::vector<std::string> others;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename();
    if (std::find(known.begin(), known.end(), name) == known.end()) others.push_back(name);
  }
  if (error) return NoDataDir(folder, absl::StrCat("cannot be read: ", error.message()), "name another folder");
  std::sort(others.begin(), others.end());
  return others;
}

// What lies in a data folder that no start of ours put there; nothing where one has begun.
absl::StatusOr<std::vector<std::string>> ForeignFiles(const std::string& path) {
  const std::filesystem::path log = std::filesystem::path(path) / "log";
  std::error_code error;
  // A log has begun: what lies beside it was put there by somebody who knew.
  if (std::filesystem::exists(log / std::string(eventlog::embedded::kFormatName), error)) return std::vector<std::string>();
  ASSIGN_OR_RETURN(std::vector<std::string> others, Others(path, {"log", kSecretName, "name-secret.new", "lost+found"}));
  if (!others.empty() || !std::filesystem::exists(log, error)) return others;
  if (!std::filesystem::is_directory(log, error)) return std::vector<std::string>{"log"};
  // Of a first start that was killed, or of a damaged folder, which is not for us to judge.
  ASSIGN_OR_RETURN(others, Others(log, eventlog::embedded::kFolderNames));
  for (std::string& name : others) name = absl::StrCat("log/", name);
  return others;
}

// A backup stays what it was made as, and what was moved goes on elsewhere.
absl::Status CheckMayGoOn(const std::string& path) {
  const std::filesystem::path folder(path);
  std::error_code error;
  if (std::filesystem::exists(folder / kBackupName, error) || std::filesystem::exists(folder / kUnfinishedBackupName, error)) {
    return NoDataDir(path, "is a backup",
                     absl::StrCat("make a data folder of it with touchstone restore ", path, " --data-dir DIR"));
  }
  if (std::filesystem::exists(folder / kRestoringName, error)) {
    return NoDataDir(path, "was half restored from a backup", "repeat the touchstone restore that was interrupted");
  }
  if (std::filesystem::exists(folder / kMovedName, error)) {
    return NoDataDir(
        path, "was moved to Kafka (its file MOVED says where)",
        "start the services there; two that go on from the same data send everything twice. To go on here all the same, "
        "remove that file");
  }
  return absl::OkStatus();
}

absl::Status CheckNobodyElses(const std::string& path) {
  ASSIGN_OR_RETURN(std::vector<std::string> others, ForeignFiles(path));
  if (others.empty()) return absl::OkStatus();
  const size_t more = others.size() - std::min(others.size(), kNamedFilesMax);
  others.resize(others.size() - more);
  return NoDataDir(path,
                   absl::StrCat("holds files of somebody else ('", absl::StrJoin(others, "', '"), "'",
                                more == 0 ? "" : absl::StrCat(" and ", more, " more"), ")"),
                   "name an empty folder, or one that is not there yet");
}

}  // namespace

absl::Status PrepareDataDir(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  std::error_code unknown;
  if (!std::filesystem::is_directory(path, unknown)) {
    return NoDataDir(path, absl::StrCat("cannot be made: ", error ? error.message() : "a file is in its place"),
                     "name a folder that this user can make");
  }
  // By the effective user, whom the kernel asks for when files are opened.
  if (faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK | X_OK, AT_EACCESS) != 0) {
    return NoDataDir(path, absl::StrCat("cannot be used: ", std::strerror(errno)),
                     "give this user the right to read and write it, or name another folder");
  }
  RETURN_IF_ERROR(CheckMayGoOn(path));
  return CheckNobodyElses(path);
}

}  // namespace touchstone::process
