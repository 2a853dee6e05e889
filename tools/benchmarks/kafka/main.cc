// touchstone-bench-kafka: the topology that Kafka Streams was measured with, through this runtime on a real broker. tools/bench
// kafka builds it and runs it beside one.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/clock/system_clock.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "tools/benchmarks/kafka/peer_figures.h"

namespace touchstone::benchmarks {
namespace {

constexpr int kUsageError = 2;
constexpr int64_t kRecords = 2'000'000;
constexpr int64_t kGrowthRecords = 1'000'000;
// Fewer are drained before the second worker has its tasks.
constexpr int64_t kRecordsMin = 10'000;
constexpr int kRounds = 3;
constexpr int kRoundsMax = 99;
constexpr absl::Duration kLatencySpan = absl::Seconds(20);
constexpr char kBrokerVariable[] = "TOUCHSTONE_KAFKA";
constexpr char kUsage[] =
    "Usage: touchstone-bench-kafka [--growth] [--records N] [--rounds N] [--json FILE] --folder FOLDER\n"
    "  TOUCHSTONE_KAFKA names the broker: host:port\n"
    "  --growth         CPU time with 4, 16 and 64 partitions, one worker and two, instead\n"
    "  --records N      drained in each round; 2,000,000 by default, 1,000,000 for --growth; at least 10,000\n"
    "  --rounds N       of which medians are told; 3 by default\n"
    "  --json FILE      writes the figures there too\n"
    "  --folder FOLDER  local copies of states go below it; emptied first, deleted afterwards\n";

struct Options {
  bool growth = false;
  int64_t records = 0;
  int rounds = kRounds;
  std::string json;
  std::string folder;
};

bool Read(const std::vector<std::string>& arguments, Options& options) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const bool has_value = i + 1 < arguments.size();
    if (arguments[i] == "--growth") {
      options.growth = true;
    } else if (arguments[i] == "--records" && has_value) {
      if (!absl::SimpleAtoi(arguments[++i], &options.records) || options.records < kRecordsMin) return false;
    } else if (arguments[i] == "--rounds" && has_value) {
      if (!absl::SimpleAtoi(arguments[++i], &options.rounds) || options.rounds < 1 || options.rounds > kRoundsMax) return false;
    } else if (arguments[i] == "--json" && has_value) {
      options.json = arguments[++i];
    } else if (arguments[i] == "--folder" && has_value) {
      options.folder = arguments[++i];
    } else {
      return false;
    }
  }
  if (options.records == 0) options.records = options.growth ? kGrowthRecords : kRecords;
  return !options.folder.empty();
}

std::string LoadOfMachine() {
  double averages[3] = {};
  if (getloadavg(averages, 3) != 3) return "unknown";
  return absl::StrFormat("%.1f, %.1f, %.1f", averages[0], averages[1], averages[2]);
}

absl::Status Measure(const Options& options, const PeerCluster& cluster, Report& report) {
  if (options.growth) return MeasureGrowth(cluster, options.records, options.rounds, report);
  RETURN_IF_ERROR(MeasureDrain(cluster, options.records, options.rounds, report));
  return MeasureLatency(cluster, kLatencySpan, report);
}

absl::Status MeasureAll(const Options& options, const std::string& broker) {
  const clock::SystemClock clock;
  std::filesystem::remove_all(options.folder);
  std::filesystem::create_directories(options.folder);
  const PeerCluster cluster(broker, options.folder, clock);
  Report report;
  const absl::Time begin = clock.Now();
  const std::string load_before = LoadOfMachine();
  const absl::Status measured = Measure(options, cluster, report);
  std::filesystem::remove_all(options.folder);
  std::fputs(report.Table().c_str(), stdout);
  RETURN_IF_ERROR(status::Annotated(measured, "measuring ended early"));
  const std::vector<std::pair<std::string, std::string>> about = {
      {"begin_time", absl::FormatTime(absl::RFC3339_sec, begin, absl::UTCTimeZone())},
      {"took", absl::FormatDuration(absl::Trunc(clock.Now() - begin, absl::Seconds(1)))},
      {"cores", absl::StrCat(std::thread::hardware_concurrency())},
      {"load_before", load_before},
      {"load_after", LoadOfMachine()},
      {"records", absl::StrCat(options.records)},
  };
  std::puts("");
  for (const auto& [name, value] : about) std::printf("  %-12s %s\n", name.c_str(), value.c_str());
  const std::vector<std::string> missed = report.Missed();
  std::printf("\n%s\n", missed.empty() ? "All goals are met." : absl::StrCat("Missed: ", absl::StrJoin(missed, "; ")).c_str());
  if (options.json.empty()) return absl::OkStatus();
  std::ofstream file(options.json);
  file << report.Json(about);
  file.close();
  return file ? absl::OkStatus() : absl::UnavailableError(absl::StrCat("'", options.json, "' cannot be written"));
}

int Main(const std::vector<std::string>& arguments) {
  Options options;
  const char* broker = std::getenv(kBrokerVariable);
  if (!Read(arguments, options) || broker == nullptr) {
    std::fputs(kUsage, stderr);
    return kUsageError;
  }
  const absl::Status measured = MeasureAll(options, broker);
  if (measured.ok()) return 0;
  std::fprintf(stderr, "touchstone-bench-kafka: %s\n", std::string(measured.message()).c_str());
  return 1;
}

}  // namespace
}  // namespace touchstone::benchmarks

int main(int argc, char** argv) { return touchstone::benchmarks::Main(std::vector<std::string>(argv + 1, argv + argc)); }
