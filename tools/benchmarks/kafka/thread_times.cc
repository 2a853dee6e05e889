#include "tools/benchmarks/kafka/thread_times.h"

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace touchstone::benchmarks {
namespace {

// Behind the name in /proc/*/stat, which may itself hold spaces and parentheses: the 14th and 15th field of all.
constexpr size_t kUserTicks = 11;
constexpr size_t kSystemTicks = 12;

std::string TextOf(const std::filesystem::path& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string PurposeOf(absl::string_view name) {
  if (absl::StartsWith(name, "rdk:")) return "librdkafka";
  if (absl::StartsWith(name, "rocksdb:")) return "rocksdb";
  return absl::StartsWith(name, "worker") ? "worker" : "other";
}

}  // namespace

std::map<std::string, absl::Duration> ThreadTimes() {
  const int64_t ticks_a_second = sysconf(_SC_CLK_TCK);
  std::map<std::string, absl::Duration> times;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    const std::string stat = TextOf(thread.path() / "stat");
    const size_t end_of_name = stat.rfind(") ");
    if (end_of_name == std::string::npos) continue;  // It has ended meanwhile.
    const std::vector<absl::string_view> fields = absl::StrSplit(absl::string_view(stat).substr(end_of_name + 2), ' ');
    int64_t user = 0;
    int64_t system = 0;
    if (fields.size() <= kSystemTicks || !absl::SimpleAtoi(fields[kUserTicks], &user) ||
        !absl::SimpleAtoi(fields[kSystemTicks], &system)) {
      continue;
    }
    times[PurposeOf(TextOf(thread.path() / "comm"))] += absl::Seconds(1) * (user + system) / ticks_a_second;
  }
  return times;
}

int64_t ResidentBytes() {
  std::istringstream fields(TextOf("/proc/self/statm"));
  int64_t size_pages = 0;
  int64_t resident_pages = 0;
  return fields >> size_pages >> resident_pages ? resident_pages * sysconf(_SC_PAGESIZE) : 0;
}

}  // namespace touchstone::benchmarks
