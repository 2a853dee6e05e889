#include "common/eventlog/kafka/settings_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/config/file_text.h"
#include "common/status/macros.h"

namespace touchstone::eventlog {
namespace {

absl::Status CheckOwnerOnly(const std::string& path) {
  struct stat about = {};
  if (stat(path.c_str(), &about) != 0) {
    const std::string text = absl::StrCat("settings file '", path, "': ", std::strerror(errno));
    return errno == ENOENT ? absl::NotFoundError(text) : absl::FailedPreconditionError(text);
  }
  if ((about.st_mode & 077) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("settings file '", path, "' may be read by others than its owner, and may hold a password: chmod 600 it"));
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> ReadSettingsFile(const std::string& path) {
  RETURN_IF_ERROR(CheckOwnerOnly(path));
  const absl::StatusOr<std::string> text = config::ReadFileText(path, kSettingsFileBytesMax);
  if (!text.ok()) return absl::Status(text.status().code(), absl::StrCat("settings file ", text.status().message()));
  std::map<std::string, std::string> settings;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line.front() == '#') continue;
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits('=', 1));
    const absl::string_view name = absl::StripAsciiWhitespace(parts.first);
    const absl::string_view value = absl::StripAsciiWhitespace(parts.second);
    if (name.empty() || value.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(path, ":", number, ": is no NAME=VALUE, as in sasl.username=touchstone"));
    }
    if (!settings.emplace(name, value).second) {
      return absl::InvalidArgumentError(absl::StrCat(path, ":", number, ": '", name, "' is stated twice"));
    }
  }
  return settings;
}

absl::StatusOr<std::map<std::string, std::string>> WithSettingsFile(std::map<std::string, std::string> settings,
                                                                    const std::string& path) {
  if (path.empty()) return settings;
  ASSIGN_OR_RETURN(const auto stated, ReadSettingsFile(path));
  for (const auto& [name, value] : stated) {
    if (settings.emplace(name, value).second) continue;
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' is stated in ", path, " and beside it: state it once"));
  }
  return settings;
}

}  // namespace touchstone::eventlog
