#include "tools/cli/data/data_text.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/cli/progress_bar.h"
#include "tools/cli/table.h"

namespace touchstone::cli {
namespace {

void PrintJson(const eventlog::FolderReport& report, std::ostream& out) {
  for (const auto& topic : report.topics) {
    const nlohmann::json line = {
        {"topic", topic.name}, {"partitions", topic.partitions}, {"records", topic.records}, {"bytes", topic.bytes}};
    out << line.dump() << "\n";
  }
  for (const auto& kind : report.kinds) {
    const nlohmann::json line = {{"task", kind.name},
                                 {"partitions", kind.partitions},
                                 {"state_keys", kind.state_keys},
                                 {"state_bytes", kind.state_bytes},
                                 {"unread_records", kind.unread_records}};
    out << line.dump() << "\n";
  }
}

}  // namespace

void PrintReport(const eventlog::FolderReport& report, Context& context) {
  if (context.json) return PrintJson(report, context.out);
  Table topics({"topic", "partitions", "records", "size"});
  for (const auto& topic : report.topics) {
    if (topic.records > 0)
      topics.Add({topic.name, absl::StrCat(topic.partitions), GroupedNumber(topic.records), SizeText(topic.bytes)});
  }
  Table kinds({"task", "partitions", "state keys", "size", "not yet read"});
  for (const auto& kind : report.kinds) {
    kinds.Add({kind.name, absl::StrCat(kind.partitions), GroupedNumber(kind.state_keys), SizeText(kind.state_bytes),
               GroupedNumber(kind.unread_records)});
  }
  if (!topics.empty()) context.out << topics.Render(context.terminal.width) << "\n";
  if (!kinds.empty()) context.out << kinds.Render(context.terminal.width) << "\n";
}

std::string MomentText(absl::Time time) { return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", time, absl::UTCTimeZone()); }

std::string SizeText(int64_t bytes) {
  if (bytes < 1'000'000) return absl::StrFormat("%.1f kB", static_cast<double>(bytes) / 1e3);
  if (bytes < 1'000'000'000) return absl::StrFormat("%.1f MB", static_cast<double>(bytes) / 1e6);
  return absl::StrFormat("%.1f GB", static_cast<double>(bytes) / 1e9);
}

int64_t BytesOf(const std::vector<eventlog::CopiedFile>& files) {
  int64_t bytes = 0;
  for (const eventlog::CopiedFile& file : files) bytes += file.bytes;
  return bytes;
}

}  // namespace touchstone::cli
