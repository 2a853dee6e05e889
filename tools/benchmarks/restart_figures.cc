#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "tools/benchmarks/figures.h"
#include "tools/benchmarks/folder_sizes.h"
#include "tools/benchmarks/servers.h"
#include "tools/benchmarks/spread.h"
#include "tools/benchmarks/stream_load.h"

namespace touchstone::benchmarks {
namespace {

constexpr double kReadyGoalSeconds = 1;
constexpr double kLogMiB = 256;
constexpr int kKills = 3;
constexpr int kQuickKills = 1;
// A write-ahead log is cut again and again while it is written to: killed when it is long. (The store cuts it at 192 MiB.)
constexpr double kWalMiB = 128;
constexpr absl::Duration kFillingMax = absl::Seconds(25);
constexpr size_t kMessages = 200;
constexpr int kTouchpointsPerMessage = 100;
constexpr size_t kMessagesInFlight = 16;

// Streams without end until stopped; the server's death ends it too.
class Sender {
 public:
  Sender(const Bench& bench, const Server& suite)
      : thread_([this, &bench, channel = suite.channel] {
          while (!stopping_) {
            const std::vector<grpc::ByteBuffer> messages = bench.requests.Streamed(kMessages, kTouchpointsPerMessage);
            if (!LoadStream(channel, messages, kMessagesInFlight, bench.clock).ok()) return;
          }
        }) {}
  ~Sender() {
    stopping_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// Kills the suite in the middle of its work, with much to replay; returns what it left.
FolderSizes KillUnderLoad(const Bench& bench, Server& suite) {
  const std::string folder = DataFolderOf(bench, kSuite);
  FolderSizes sizes;
  const Sender sender(bench, suite);
  const absl::Duration deadline = bench.clock.Monotonic() + kFillingMax;
  do {
    absl::SleepFor(absl::Milliseconds(20));
    sizes = SizesBelow(folder);
  } while ((sizes.wal_mib < kWalMiB || sizes.all_mib < kLogMiB) && bench.clock.Monotonic() < deadline);
  suite.process->Kill();
  return SizesBelow(folder);
}

}  // namespace

absl::Status MeasureRestart(const Bench& bench, Server& suite) {
  const int kills = bench.quick ? kQuickKills : kKills;
  std::vector<double> seconds, wal, all;
  for (int kill = 0; kill < kills; ++kill) {
    bench.Say(absl::StrCat("kill -9 and restart, ", kill + 1, " of ", kills));
    const FolderSizes left = KillUnderLoad(bench, suite);
    wal.push_back(left.wal_mib);
    all.push_back(left.all_mib);
    ASSIGN_OR_RETURN(suite, StartServer(bench, kSuite));
    seconds.push_back(absl::ToDoubleSeconds(suite.process->start_time()));
  }
  Report& report = bench.report;
  report.Begin("Restart after kill -9 under load");
  report.Add({"process start to `ready`", SpreadOf(seconds), "s", Goal{Goal::Kind::kAtMost, kReadyGoalSeconds}});
  report.Add({"data folder", SpreadOf(all), "MiB", std::nullopt});
  report.Add({"of it write-ahead log, replayed", SpreadOf(wal), "MiB", std::nullopt});
  return absl::OkStatus();
}

}  // namespace touchstone::benchmarks
