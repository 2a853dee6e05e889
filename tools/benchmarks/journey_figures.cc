#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/macros.h"
#include "tools/benchmarks/figures.h"
#include "tools/benchmarks/folder_sizes.h"
#include "tools/benchmarks/requests.h"
#include "tools/benchmarks/servers.h"
#include "tools/benchmarks/spread.h"
#include "tools/benchmarks/stream_load.h"

namespace touchstone::benchmarks {
namespace {

constexpr double kResidentGoalMb = 600;
constexpr double kReadyGoalSeconds = 2;
constexpr double kMb = 1e6;
constexpr uint64_t kSeed = 10;
constexpr int kTouchpointsEach = 10;
constexpr int kTouchpointsPerMessage = 100;
// Sent at a time; then the suite processes it all.
constexpr int64_t kTouchpointsAtATime = 20'000;
constexpr size_t kMessagesInFlight = 16;
// How often it is said how things stand.
constexpr int kLooks = 10;
constexpr int kAsksMax = 20;

Spread Only(double value) { return SpreadOf({value}); }

// Also on a machine that is busy with something else, where an answer may take longer than its deadline.
absl::Status AwaitAllProcessed(const Server& suite, const clock::Clock& clock) {
  absl::Status processed;
  for (int asked = 0; asked < kAsksMax; ++asked) {
    processed = AwaitProcessed(suite, clock);
    if (!absl::IsDeadlineExceeded(processed)) break;
  }
  return processed;
}

}  // namespace

absl::Status MeasureJourneys(const Bench& bench, Server& suite, int64_t journeys) {
  Requests requests(kSeed, bench.clock, kTouchpointsEach);
  const int64_t touchpoints = journeys * kTouchpointsEach;
  const absl::Duration begun = bench.clock.Monotonic();
  for (int64_t sent = 0, look = 1; sent < touchpoints;) {
    const int64_t message_count =
        (std::min(kTouchpointsAtATime, touchpoints - sent) + kTouchpointsPerMessage - 1) / kTouchpointsPerMessage;
    const std::vector<grpc::ByteBuffer> messages = requests.Streamed(static_cast<size_t>(message_count), kTouchpointsPerMessage);
    RETURN_IF_ERROR(LoadStream(suite.channel, messages, kMessagesInFlight, bench.clock).status());
    RETURN_IF_ERROR(AwaitAllProcessed(suite, bench.clock));
    sent += message_count * kTouchpointsPerMessage;
    if (sent * kLooks < look * touchpoints) continue;
    look = sent * kLooks / touchpoints + 1;
    bench.Say(absl::StrFormat("%d journeys: %.0f MB resident, %.0f MB at most, %.0f MiB on disk", sent / kTouchpointsEach,
                              static_cast<double>(suite.process->ResidentBytes()) / kMb,
                              static_cast<double>(suite.process->PeakResidentBytes()) / kMb,
                              SizesBelow(DataFolderOf(bench, kSuite)).all_mib));
  }
  const double seconds = absl::ToDoubleSeconds(bench.clock.Monotonic() - begun);
  const double resident = static_cast<double>(suite.process->ResidentBytes()) / kMb;
  const double peak = static_cast<double>(suite.process->PeakResidentBytes()) / kMb;
  suite.process->Kill();
  const FolderSizes left = SizesBelow(DataFolderOf(bench, kSuite));
  ASSIGN_OR_RETURN(suite, StartServer(bench, kSuite));
  const double after = static_cast<double>(suite.process->PeakResidentBytes()) / kMb;

  Report& report = bench.report;
  report.Begin(absl::StrCat(journeys, " journeys of ", kTouchpointsEach, " touchpoints"));
  report.Add({"resident at most while they came", Only(peak), "MB", Goal{Goal::Kind::kAtMost, kResidentGoalMb}});
  report.Add({"resident at the end", Only(resident), "MB", std::nullopt});
  report.Add({"kill -9, process start to `ready`", Only(absl::ToDoubleSeconds(suite.process->start_time())), "s",
              Goal{Goal::Kind::kAtMost, kReadyGoalSeconds}});
  report.Add({"resident at most in that start", Only(after), "MB", std::nullopt});
  report.Add({"data folder", Only(left.all_mib), "MiB", std::nullopt});
  report.Add({"of it write-ahead log, replayed", Only(left.wal_mib), "MiB", std::nullopt});
  report.Add({"bytes on disk of a touchpoint", Only(left.all_mib * kMiB / static_cast<double>(touchpoints)), "", std::nullopt});
  report.Add({"sent and processed", Only(static_cast<double>(touchpoints) / seconds), "touchpoints/s", std::nullopt});
  return absl::OkStatus();
}

}  // namespace touchstone::benchmarks
