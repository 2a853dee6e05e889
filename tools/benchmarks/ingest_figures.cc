#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "tools/benchmarks/figures.h"
#include "tools/benchmarks/servers.h"
#include "tools/benchmarks/spread.h"
#include "tools/benchmarks/stream_load.h"
#include "tools/benchmarks/unary_load.h"

namespace touchstone::benchmarks {
namespace {

constexpr int kInFlight = 64;
constexpr int kTouchpointsPerMessage = 100;
constexpr size_t kMessagesInFlight = 16;
// More than any server here answers: a round ends by time.
constexpr double kUnaryRateMax = 40'000;
constexpr size_t kWarmUpMessages = 100;

// The goals of the design.
constexpr double kUnaryRatioGoal = 0.8;
constexpr double kStreamRatioGoal = 0.65;
constexpr double kPerCoreGoal = 25'000;

// How often and how long, by the kind of run.
struct Plan {
  int rounds;
  absl::Duration unary;
  absl::Duration one_in_flight;
  size_t messages;
};
constexpr Plan kFull = {5, absl::Seconds(1), absl::Milliseconds(700), 500};
constexpr Plan kQuick = {3, absl::Milliseconds(500), absl::Milliseconds(300), 200};

double PerSecond(double count, absl::Duration time) { return count / absl::ToDoubleSeconds(time); }

// All servers that ingest is measured on.
struct Field {
  Server idle;
  Server idle_parsing;
  Server ingestion;
  Server& suite;
};

// What one server showed, a value for each round.
struct Rounds {
  std::vector<double> idle;
  std::vector<double> idle_parsing;
  std::vector<double> ingestion;
  std::vector<double> suite;
};

Spread Ratio(const std::vector<double>& of, const std::vector<double>& to) {
  std::vector<double> ratios;
  for (size_t i = 0; i < of.size(); ++i) ratios.push_back(of[i] / to[i]);
  return SpreadOf(std::move(ratios));
}

Spread Difference(const std::vector<double>& of, const std::vector<double>& to) {
  std::vector<double> differences;
  for (size_t i = 0; i < of.size(); ++i) differences.push_back(of[i] - to[i]);
  return SpreadOf(std::move(differences));
}

Goal AtLeast(double value) { return {Goal::Kind::kAtLeast, value}; }

// The goal is against a server with the same proto, which parses what comes; one that does not even look is harder to be near.
void AddRates(const Rounds& rates, double goal, Report& report) {
  report.Add({"suite / no-op", Ratio(rates.suite, rates.idle_parsing), "", AtLeast(goal)});
  report.Add({"suite / no-op that leaves the bytes alone", Ratio(rates.suite, rates.idle), "", std::nullopt});
  report.Add({"ingestion alone, nobody reads / no-op", Ratio(rates.ingestion, rates.idle_parsing), "", std::nullopt});
  report.Add({"ingestion alone / no-op that leaves the bytes alone", Ratio(rates.ingestion, rates.idle), "", std::nullopt});
  report.Add({"suite", SpreadOf(rates.suite), "touchpoints/s", std::nullopt});
  report.Add({"ingestion alone", SpreadOf(rates.ingestion), "touchpoints/s", std::nullopt});
  report.Add({"no-op", SpreadOf(rates.idle_parsing), "touchpoints/s", std::nullopt});
  report.Add({"no-op that leaves the bytes alone", SpreadOf(rates.idle), "touchpoints/s", std::nullopt});
}

absl::Status WarmUp(const Bench& bench, Field& field) {
  const std::vector<grpc::ByteBuffer> messages = bench.requests.Streamed(kWarmUpMessages, kTouchpointsPerMessage);
  const std::vector<grpc::ByteBuffer> requests = bench.requests.Unary(5'000);
  for (const Server* server : {&field.idle, &field.idle_parsing, &field.ingestion, &field.suite}) {
    RETURN_IF_ERROR(LoadStream(server->channel, messages, kMessagesInFlight, bench.clock).status());
    RETURN_IF_ERROR(LoadUnary(server->channel, requests, kInFlight, absl::Seconds(1), bench.clock).status());
  }
  return AwaitProcessed(field.suite, bench.clock);
}

absl::Status MeasureUnary(const Bench& bench, const Plan& plan, Field& field) {
  Rounds rates;
  std::vector<double> suite_p50, suite_p99, idle_p50, idle_p99;
  for (int round = 0; round < plan.rounds; ++round) {
    bench.Say(absl::StrCat("unary ingest, round ", round + 1, " of ", plan.rounds));
    const std::vector<grpc::ByteBuffer> requests =
        bench.requests.Unary(static_cast<size_t>(kUnaryRateMax * absl::ToDoubleSeconds(plan.unary)));
    const auto load = [&](const Server& server, std::vector<double>& rate) -> absl::Status {
      ASSIGN_OR_RETURN(const UnaryResult result, LoadUnary(server.channel, requests, kInFlight, plan.unary, bench.clock));
      rate.push_back(result.rate());
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(load(field.idle, rates.idle));
    RETURN_IF_ERROR(load(field.suite, rates.suite));
    RETURN_IF_ERROR(AwaitProcessed(field.suite, bench.clock));
    RETURN_IF_ERROR(load(field.ingestion, rates.ingestion));
    RETURN_IF_ERROR(load(field.idle_parsing, rates.idle_parsing));

    const std::vector<grpc::ByteBuffer> single =
        bench.requests.Unary(static_cast<size_t>(kUnaryRateMax / 4 * absl::ToDoubleSeconds(plan.one_in_flight)));
    ASSIGN_OR_RETURN(UnaryResult idle, LoadUnary(field.idle.channel, single, 1, plan.one_in_flight, bench.clock));
    ASSIGN_OR_RETURN(UnaryResult suite, LoadUnary(field.suite.channel, single, 1, plan.one_in_flight, bench.clock));
    idle_p50.push_back(Percentile(idle.latencies_ms, 0.5));
    idle_p99.push_back(Percentile(std::move(idle.latencies_ms), 0.99));
    suite_p50.push_back(Percentile(suite.latencies_ms, 0.5));
    suite_p99.push_back(Percentile(std::move(suite.latencies_ms), 0.99));
  }
  Report& report = bench.report;
  report.Begin(absl::StrCat("Unary ingest, ", kInFlight, " in flight, acknowledged when durable"));
  AddRates(rates, kUnaryRatioGoal, report);
  report.Begin("Unary ingest, 1 in flight");
  report.Add({"added by ingest, p50", Difference(suite_p50, idle_p50), "ms", std::nullopt});
  report.Add({"added by ingest, p99", Difference(suite_p99, idle_p99), "ms", std::nullopt});
  report.Add({"suite, p50", SpreadOf(suite_p50), "ms", std::nullopt});
  report.Add({"suite, p99", SpreadOf(suite_p99), "ms", std::nullopt});
  return absl::OkStatus();
}

absl::Status MeasureStream(const Bench& bench, const Plan& plan, Field& field, absl::Duration& server_cpu) {
  const auto touchpoints = static_cast<double>(plan.messages * kTouchpointsPerMessage);
  Rounds rates;
  std::vector<double> processed, per_core, cpu_us;
  for (int round = 0; round < plan.rounds; ++round) {
    bench.Say(absl::StrCat("stream ingest, round ", round + 1, " of ", plan.rounds));
    const std::vector<grpc::ByteBuffer> messages = bench.requests.Streamed(plan.messages, kTouchpointsPerMessage);
    const auto load = [&](const Server& server, std::vector<double>& rate) -> absl::Status {
      ASSIGN_OR_RETURN(const absl::Duration time, LoadStream(server.channel, messages, kMessagesInFlight, bench.clock));
      rate.push_back(PerSecond(touchpoints, time));
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(load(field.idle, rates.idle));
    const absl::Duration begin = bench.clock.Monotonic();
    const absl::Duration cpu_begin = field.suite.process->CpuTime();
    RETURN_IF_ERROR(load(field.suite, rates.suite));
    RETURN_IF_ERROR(AwaitProcessed(field.suite, bench.clock));
    processed.push_back(PerSecond(touchpoints, bench.clock.Monotonic() - begin));
    const absl::Duration cpu = field.suite.process->CpuTime() - cpu_begin;
    per_core.push_back(PerSecond(touchpoints, cpu));
    cpu_us.push_back(absl::ToDoubleMicroseconds(cpu) / touchpoints);
    RETURN_IF_ERROR(load(field.ingestion, rates.ingestion));
    RETURN_IF_ERROR(load(field.idle_parsing, rates.idle_parsing));
  }
  server_cpu = absl::Microseconds(SpreadOf(cpu_us).median);
  Report& report = bench.report;
  report.Begin(absl::StrCat("Stream ingest, ", kTouchpointsPerMessage, " touchpoints a message, ", kMessagesInFlight,
                            " messages in flight, acknowledged when durable"));
  AddRates(rates, kStreamRatioGoal, report);
  report.Begin("Saturation: streamed as fast as it is taken, until journeys, routing and outreach have processed all");
  report.Add({"for each core that the server used", SpreadOf(per_core), "touchpoints/s", AtLeast(kPerCoreGoal)});
  report.Add({"by the wall clock", SpreadOf(processed), "touchpoints/s", std::nullopt});
  report.Add({"CPU time of the server, each touchpoint", SpreadOf(cpu_us), "us", std::nullopt});
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureIngest(const Bench& bench, Server& suite, absl::Duration& server_cpu) {
  const Plan plan = bench.quick ? kQuick : kFull;
  Field field{{}, {}, {}, suite};
  ASSIGN_OR_RETURN(field.idle, StartServer(bench, kIdle));
  ASSIGN_OR_RETURN(field.idle_parsing, StartServer(bench, kIdleParsing));
  ASSIGN_OR_RETURN(field.ingestion, StartServer(bench, kIngestionOnly));
  bench.Say("warming up");
  RETURN_IF_ERROR(WarmUp(bench, field));
  RETURN_IF_ERROR(MeasureUnary(bench, plan, field));
  RETURN_IF_ERROR(AwaitProcessed(suite, bench.clock));
  return MeasureStream(bench, plan, field, server_cpu);
}

}  // namespace touchstone::benchmarks
