#include "tools/cli/data/backup_manifest.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace touchstone::cli {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;

std::string TimeOf(absl::Time time) { return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone()); }

absl::Status Unreadable() { return absl::DataLossError("its file BACKUP cannot be read"); }

bool ReadText(const json& object, const char* name, std::string& to) {
  const auto field = object.find(name);
  if (field == object.end() || !field->is_string()) return false;
  to = field->get<std::string>();
  return true;
}

template <typename Number>
bool ReadNumber(const json& object, const char* name, Number& to) {
  const auto field = object.find(name);
  if (field == object.end() || !field->is_number_unsigned()) return false;
  to = field->get<Number>();
  return true;
}

bool ReadTime(const json& object, const char* name, absl::Time& to) {
  std::string text;
  return ReadText(object, name, text) && absl::ParseTime(absl::RFC3339_full, text, &to, nullptr);
}

// A name that leads out of the backup would have a restore write anywhere.
bool IsBelow(absl::string_view name) {
  if (name.empty() || name.front() == '/') return false;
  for (const absl::string_view part : absl::StrSplit(name, '/')) {
    if (part.empty() || part == "." || part == "..") return false;
  }
  return true;
}

bool ReadFiles(const json& object, std::vector<eventlog::CopiedFile>& to) {
  const auto files = object.find("files");
  if (files == object.end() || !files->is_array()) return false;
  for (const json& entry : *files) {
    eventlog::CopiedFile& file = to.emplace_back();
    if (!entry.is_object() || !ReadText(entry, "name", file.name) || !ReadNumber(entry, "bytes", file.bytes) ||
        !ReadNumber(entry, "crc32c", file.crc32c) || !IsBelow(file.name)) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string EncodeBackupManifest(const BackupManifest& manifest) {
  json files = json::array();
  for (const eventlog::CopiedFile& file : manifest.files)
    files.push_back({{"name", file.name}, {"bytes", file.bytes}, {"crc32c", file.crc32c}});
  const json object = {{"format", kFormat},
                       {"made", TimeOf(manifest.made)},
                       {"source", manifest.source},
                       {"touchstone", manifest.version},
                       {"records", manifest.records},
                       {"last_write", TimeOf(manifest.last_write)},
                       {"has_secret", manifest.has_secret},
                       {"files", files}};
  // A path may be any bytes.
  return object.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

absl::StatusOr<BackupManifest> ParseBackupManifest(absl::string_view text) {
  const json object = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  int format = 0;
  if (!object.is_object() || !ReadNumber(object, "format", format)) return Unreadable();
  if (format > kFormat) {
    return absl::FailedPreconditionError(
        absl::StrCat("it has format ", format, ", and this touchstone knows ", kFormat, ": take a newer one"));
  }
  BackupManifest manifest;
  const auto has_secret = object.find("has_secret");
  if (has_secret == object.end() || !has_secret->is_boolean() || !ReadTime(object, "made", manifest.made) ||
      !ReadText(object, "source", manifest.source) || !ReadText(object, "touchstone", manifest.version) ||
      !ReadNumber(object, "records", manifest.records) || !ReadTime(object, "last_write", manifest.last_write) ||
      !ReadFiles(object, manifest.files)) {
    return Unreadable();
  }
  manifest.has_secret = has_secret->get<bool>();
  return manifest;
}

}  // namespace touchstone::cli
