#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "tools/benchmarks/figures.h"
#include "tools/benchmarks/paced_moments.h"
#include "tools/benchmarks/spread.h"

namespace touchstone::benchmarks {
namespace {

constexpr int kTouchpointsPerSecond = 2'000;
constexpr double kP50GoalMs = 1.5;
constexpr double kP99GoalMs = 15;
constexpr int kRounds = 3;
constexpr absl::Duration kRound = absl::Seconds(5);
constexpr absl::Duration kQuickRound = absl::Seconds(2);
constexpr absl::Duration kWarmUp = absl::Seconds(1);

absl::StatusOr<PacedResult> Pace(const Bench& bench, const Server& suite, absl::Duration duration) {
  const int64_t first = bench.requests.touchpoint_count();
  const auto count = static_cast<size_t>(kTouchpointsPerSecond * absl::ToDoubleSeconds(duration));
  const std::vector<grpc::ByteBuffer> requests = bench.requests.Unary(count);
  return PaceMoments(suite.channel, requests, first, absl::Seconds(1) / kTouchpointsPerSecond, bench.clock);
}

Goal AtMost(double value) { return {Goal::Kind::kAtMost, value}; }

}  // namespace

absl::Status MeasureMoments(const Bench& bench, const Server& suite) {
  RETURN_IF_ERROR(Pace(bench, suite, kWarmUp).status());
  std::vector<double> p50, p99, count, late_ms;
  for (int round = 0; round < kRounds; ++round) {
    bench.Say(absl::StrCat("touchpoint to moment, round ", round + 1, " of ", kRounds));
    ASSIGN_OR_RETURN(PacedResult result, Pace(bench, suite, bench.quick ? kQuickRound : kRound));
    if (result.latencies_ms.empty()) return absl::InternalError("no touchpoint made a moment");
    count.push_back(static_cast<double>(result.latencies_ms.size()));
    late_ms.push_back(absl::ToDoubleMilliseconds(result.sender_late));
    p50.push_back(Percentile(result.latencies_ms, 0.5));
    p99.push_back(Percentile(std::move(result.latencies_ms), 0.99));
  }
  Report& report = bench.report;
  report.Begin(absl::StrCat("Touchpoint to its moment, by unary call and watch, ", kTouchpointsPerSecond, "/s on schedule"));
  report.Add({"p50", SpreadOf(p50), "ms", AtMost(kP50GoalMs)});
  report.Add({"p99", SpreadOf(p99), "ms", AtMost(kP99GoalMs)});
  report.Add({"moments seen a round", SpreadOf(count), "", std::nullopt});
  report.Add({"of it our own sender behind schedule, worst", SpreadOf(late_ms), "ms", std::nullopt});
  return absl::OkStatus();
}

}  // namespace touchstone::benchmarks
