#include <atomic>
#include <cstdio>
#include <limits>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "tools/benchmarks/cpu_time.h"
#include "tools/benchmarks/kafka/peer_figures.h"
#include "tools/benchmarks/kafka/peer_workers.h"

namespace touchstone::benchmarks {
namespace {

constexpr int kPartitions = 8;
constexpr char kInput[] = "paced";
constexpr char kTasks[] = "pacer";
constexpr char kOutput[] = "pacer.out";
constexpr char kChangelog[] = "pacer.state";

// A second: one each 200 microseconds.
constexpr int64_t kRate = 5'000;
constexpr absl::Duration kBetween = absl::Microseconds(1'000'000 / kRate);
constexpr absl::Duration kWarmUp = absl::Seconds(3);
// As the peer's feeder had it.
constexpr char kFeederLingerMs[] = "5";
constexpr absl::Duration kLook = absl::Milliseconds(50);
// After the last input: what is not seen then is missing, and the comparison says so.
constexpr absl::Duration kQuietAtEnd = absl::Seconds(2);
constexpr int kReadAtOnce = 1'000;

constexpr double kMedianGoalMs = 25;
constexpr double kTailGoalMs = 46;

// Reads outputs as they come, in a thread of its own.
class OutputReader {
 public:
  OutputReader(eventlog::EventLog& log, std::unique_ptr<eventlog::Tail> tail, const clock::Clock& clock, absl::Time first_counted)
      : log_(log), tail_(std::move(tail)), clock_(clock), first_counted_(first_counted), thread_([this] { status_ = Run(); }) {}
  ~OutputReader() { Stop().IgnoreError(); }

  absl::Status Stop() {
    stopping_ = true;
    log_.tail_changes().Raise();
    if (thread_.joinable()) thread_.join();
    return status_;
  }
  // Once stopped. In milliseconds.
  const std::vector<double>& latencies_ms() const { return latencies_ms_; }

 private:
  absl::Status Run() {
    while (!stopping_) {
      const uint64_t seen = log_.tail_changes().version();
      ASSIGN_OR_RETURN(const std::vector<eventlog::TailRecord> records, tail_->Read(kReadAtOnce));
      const absl::Time now = clock_.Now();
      for (const eventlog::TailRecord& record : records) {
        ASSIGN_OR_RETURN(const PeerOutput output, ParsePeerOutput(record.record.value));
        const absl::Time due = absl::FromUnixMicros(output.time_us);
        if (due >= first_counted_) latencies_ms_.push_back(absl::ToDoubleMilliseconds(now - due));
      }
      if (records.empty()) log_.tail_changes().WaitPast(seen, kLook);
    }
    return absl::OkStatus();
  }

  eventlog::EventLog& log_;
  const std::unique_ptr<eventlog::Tail> tail_;
  const clock::Clock& clock_;
  const absl::Time first_counted_;
  std::vector<double> latencies_ms_;
  absl::Status status_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

// Appends at a steady pace, each when it is due; returns by how much the worst was late.
absl::Duration FeedPaced(eventlog::EventLog& log, const clock::Clock& clock, absl::Time begin, int64_t inputs, PeerModel& model) {
  absl::Duration late;
  for (int64_t number = 0; number < inputs; ++number) {
    const absl::Time due = begin + kBetween * number;
    const absl::Duration early = due - clock.Now();
    if (early > absl::ZeroDuration()) absl::SleepFor(early);
    late = std::max(late, clock.Now() - due);
    const PeerInput input = PeerInputAt(number, due);
    model.Expect(input);
    // What is refused is missing in the end.
    log.Append({{kInput, PeerKey(input.customer), "", PeerInputValue(input), std::nullopt}}, [](const auto&) {});
  }
  return late;
}

void AddFigures(const std::vector<double>& latencies_ms, const Stages& stages, double cores, Report& report) {
  const auto add = [&](const char* name, double value, const char* unit, std::optional<Goal> goal = std::nullopt) {
    report.Add({name, {value, value, value}, unit, goal});
  };
  add("in -> out, p50", Percentile(latencies_ms, 0.5), "ms", Goal{Goal::Kind::kAtMost, kMedianGoalMs});
  add("in -> out, p99", Percentile(latencies_ms, 0.99), "ms", Goal{Goal::Kind::kAtMost, kTailGoalMs});
  add("in -> out, largest", Percentile(latencies_ms, 1), "ms");
  add("cores (worker, librdkafka, RocksDB, feeder and reader)", cores, "");
  const auto commits = static_cast<double>(std::max<int64_t>(stages.commit.calls, 1));
  const auto each = [&](const Spent& spent) { return absl::ToDoubleMilliseconds(spent.wall) / commits; };
  add("records a transaction", static_cast<double>(stages.records) / commits, "");
  add("a round: fetch", each(stages.fetch), "ms");
  add("a round: process", each(stages.process), "ms");
  add("a round: produce", each(stages.calls.produce), "ms");
  add("a round: positions", each(stages.calls.send_positions), "ms");
  add("a round: commit", each(stages.calls.commit_transaction), "ms");
  add("a round: store", each(stages.store()), "ms");
}

}  // namespace

absl::Status MeasureLatency(const PeerCluster& cluster, absl::Duration span, Report& report) {
  std::fprintf(stderr, "… %lld records a second for %s\n", static_cast<long long>(kRate), absl::FormatDuration(span).c_str());
  const clock::Clock& clock = cluster.clock();
  RETURN_IF_ERROR(cluster.Create({kInput, kOutput}, {kChangelog}, kPartitions));
  ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::EventLog> log, cluster.Open({kInput, kOutput, kChangelog}));
  ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::EventLog> feeding, cluster.Open({kInput}, {{"linger.ms", kFeederLingerMs}}));
  ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::EventLog> reading, cluster.Open({kOutput}));
  // It has no end: it is stopped.
  PeerWorkers worker(*log, clock, PeerTasks(kTasks, kInput, kOutput), 1,
                     std::vector<int64_t>(kPartitions, std::numeric_limits<int64_t>::max()));
  RETURN_IF_ERROR(worker.AwaitOwned());
  ASSIGN_OR_RETURN(std::unique_ptr<eventlog::Tail> tail, reading->OpenTail(kOutput, {eventlog::TailStart::From::kBegin, {}}));
  PeerModel model;
  const absl::Time begin = clock.Now() + kLook;
  OutputReader outputs(*reading, std::move(tail), clock, begin + kWarmUp);
  const absl::Duration cpu_before = ProcessCpu();
  const absl::Duration late = FeedPaced(*feeding, clock, begin, (kWarmUp + span) / kBetween, model);
  const double cores = absl::FDivDuration(ProcessCpu() - cpu_before, clock.Now() - begin);
  feeding->Close();
  absl::SleepFor(kQuietAtEnd);
  const Stages stages = worker.Stop();
  RETURN_IF_ERROR(outputs.Stop());
  if (outputs.latencies_ms().empty()) return absl::DataLossError("no output came");
  report.Begin(absl::StrCat("The peer's topology at ", kRate, " records/s for ", absl::FormatDuration(span),
                            ": from when an input was due, the feeder's linger of ", kFeederLingerMs, " ms included"));
  AddFigures(outputs.latencies_ms(), stages, cores, report);
  report.Note(absl::StrCat(outputs.latencies_ms().size(), " outputs; the feeder was at most ",
                           absl::FormatDuration(absl::Trunc(late, absl::Microseconds(10))), " late."));
  return cluster.Check(kOutput, kChangelog, model);
}

}  // namespace touchstone::benchmarks
