// touchstone-bench: what the suite does in a second, beside its goals. tools/bench builds and runs it.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/clock/system_clock.h"
#include "common/rpc/grpc_log.h"
#include "common/runtime/run.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "tools/benchmarks/figures.h"
#include "tools/benchmarks/servers.h"

namespace touchstone::benchmarks {
namespace {

constexpr uint64_t kSeed = 1;
// A message of touchpoints, ten of a customer.
constexpr int64_t kJourneysMin = 10;
constexpr int kUsageError = 2;
constexpr char kUsage[] =
    "Usage: touchstone-bench [--quick] [--only PART] [--journeys N] [--json FILE] --folder FOLDER\n"
    "  --quick         fewer and shorter rounds: about a minute instead of three\n"
    "  --only PART     one of ingest, moments, restart, costs\n"
    "  --journeys N    this alone: N journeys of ten touchpoints in memory and on disk; a million takes a quarter of an hour\n"
    "  --json FILE     writes the figures there too\n"
    "  --folder FOLDER keeps what is measured with below it; emptied first, deleted afterwards\n";

constexpr absl::string_view kIngest = "ingest";
constexpr absl::string_view kMoments = "moments";
constexpr absl::string_view kRestart = "restart";
constexpr absl::string_view kCosts = "costs";
constexpr absl::string_view kParts[] = {kIngest, kMoments, kRestart, kCosts};

struct Options {
  bool quick = false;
  // A part's name; empty: all parts.
  std::string only;
  // With any, nothing else is measured.
  int64_t journeys = 0;
  std::string json;
  std::string folder;
};

bool Read(const std::vector<std::string>& arguments, Options& options) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const bool has_value = i + 1 < arguments.size();
    if (arguments[i] == "--quick") {
      options.quick = true;
    } else if (arguments[i] == "--only" && has_value) {
      options.only = arguments[++i];
    } else if (arguments[i] == "--journeys" && has_value) {
      if (!absl::SimpleAtoi(arguments[++i], &options.journeys) || options.journeys < kJourneysMin) return false;
    } else if (arguments[i] == "--json" && has_value) {
      options.json = arguments[++i];
    } else if (arguments[i] == "--folder" && has_value) {
      options.folder = arguments[++i];
    } else {
      return false;
    }
  }
  const bool known = std::find(std::begin(kParts), std::end(kParts), options.only) != std::end(kParts);
  return (options.only.empty() || known) && !options.folder.empty();
}

std::string LoadOfMachine() {
  double averages[3] = {};
  if (getloadavg(averages, 3) != 3) return "unknown";
  return absl::StrFormat("%.1f, %.1f, %.1f", averages[0], averages[1], averages[2]);
}

absl::Status Measure(const Bench& bench, const std::string& only, int64_t journeys) {
  if (journeys > 0) {
    ASSIGN_OR_RETURN(Server suite, StartServer(bench, kSuite));
    return MeasureJourneys(bench, suite, journeys);
  }
  const auto wanted = [&](absl::string_view part) { return only.empty() || only == part; };
  absl::Duration server_cpu;
  if (only != kCosts) {
    ASSIGN_OR_RETURN(Server suite, StartServer(bench, kSuite));
    if (wanted(kIngest)) RETURN_IF_ERROR(MeasureIngest(bench, suite, server_cpu));
    if (wanted(kMoments)) RETURN_IF_ERROR(MeasureMoments(bench, suite));
    if (wanted(kRestart)) RETURN_IF_ERROR(MeasureRestart(bench, suite));
  }
  return wanted(kCosts) ? MeasureCosts(bench, server_cpu) : absl::OkStatus();
}

absl::Status MeasureAll(const Options& options) {
  const clock::SystemClock clock;
  const rpc::GrpcLog silent(nullptr);
  Report report;
  Requests requests(kSeed, clock);
  std::filesystem::remove_all(options.folder);
  std::filesystem::create_directories(options.folder);
  const std::string load_before = LoadOfMachine();
  const absl::Time begin = clock.Now();
  const absl::Status measured = Measure({clock, report, requests, options.quick, options.folder}, options.only, options.journeys);
  std::fputs(report.Table().c_str(), stdout);
  RETURN_IF_ERROR(status::Annotated(measured, "measuring ended early"));
  const std::vector<std::pair<std::string, std::string>> about = {
      {"begin_time", absl::FormatTime(absl::RFC3339_sec, begin, absl::UTCTimeZone())},
      {"took", absl::FormatDuration(absl::Trunc(clock.Now() - begin, absl::Seconds(1)))},
      {"cores", absl::StrCat(std::thread::hardware_concurrency())},
      {"load_before", load_before},
      {"load_after", LoadOfMachine()},
      {"run", options.quick ? "quick" : "full"},
  };
  std::puts("");
  for (const auto& [name, value] : about) std::printf("  %-12s %s\n", name.c_str(), value.c_str());
  const std::vector<std::string> missed = report.Missed();
  std::printf("\n%s\n", missed.empty() ? "All goals are met." : absl::StrCat("Missed: ", absl::StrJoin(missed, "; ")).c_str());
  if (!options.json.empty()) {
    std::ofstream file(options.json);
    file << report.Json(about);
    file.close();
    if (!file) return absl::UnavailableError(absl::StrCat("'", options.json, "' cannot be written"));
  }
  std::filesystem::remove_all(options.folder);
  return absl::OkStatus();
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() == 3 && arguments[0] == kServeWord) {
    return runtime::Finished("touchstone-bench", ServeForBench(arguments[1], arguments[2]));
  }
  Options options;
  if (!Read(arguments, options)) {
    std::fputs(kUsage, stderr);
    return kUsageError;
  }
  return runtime::Finished("touchstone-bench", MeasureAll(options));
}

}  // namespace
}  // namespace touchstone::benchmarks

int main(int argc, char** argv) { return touchstone::benchmarks::Main(std::vector<std::string>(argv + 1, argv + argc)); }
