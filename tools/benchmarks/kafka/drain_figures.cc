#include <algorithm>
#include <cstdio>
#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "tools/benchmarks/kafka/peer_drain.h"
#include "tools/benchmarks/kafka/peer_figures.h"

namespace touchstone::benchmarks {
namespace {

constexpr int kPartitions = 8;
constexpr int kGrowthPartitions[] = {4, 16, 64};
constexpr int kWorkers[] = {1, 2};
constexpr char kInput[] = "in";

constexpr double kPeerRate = 105'000;
constexpr double kRateGoal = 2.5 * kPeerRate;
constexpr double kCpuGoal = 2.8;
// The largest of medians over the smallest.
constexpr double kGrowthGoal = 1.15;

constexpr char kCpuUnit[] = "CPU s/million";

Spread Of(const std::vector<Drain>& drains, const std::function<double(const Drain&)>& value) {
  std::vector<double> rounds;
  for (const Drain& drain : drains) rounds.push_back(value(drain));
  return SpreadOf(std::move(rounds));
}

std::string WorkersText(int workers) { return workers == 1 ? "one worker" : absl::StrCat(workers, " workers"); }

// Where a worker's thread spends its time: CPU time, or all of it.
struct Stage {
  const char* name;
  std::function<Spent(const Stages&)> spent;
};

// An estimate, which may come out above the whole that was measured.
Spent ReadOf(const Stages& stages) {
  return {std::min(stages.read.cpu, stages.process.cpu), std::min(stages.read.wall, stages.process.wall), stages.read.calls};
}

const std::vector<Stage>& AllStages() {
  static const auto* const kStages = new std::vector<Stage>{
      {"group, restore", [](const Stages& s) { return s.own; }},
      {"fetch", [](const Stages& s) { return s.fetch; }},
      {"process: read state", ReadOf},
      {"process: the rest", [](const Stages& s) { return s.process - ReadOf(s); }},
      {"produce (outputs, changelog)", [](const Stages& s) { return s.calls.produce; }},
      {"commit: positions", [](const Stages& s) { return s.calls.send_positions; }},
      {"commit: the transaction", [](const Stages& s) { return s.calls.commit_transaction; }},
      {"store (local copy, bookkeeping)", [](const Stages& s) { return s.store(); }},
  };
  return *kStages;
}

double AMillion(absl::Duration span, const Stages& stages) {
  return absl::ToDoubleSeconds(span) * 1e6 / static_cast<double>(stages.records);
}

double ThreadCpu(const Drain& drain, const std::string& purpose) {
  auto found = drain.threads_cpu_s.find(purpose);
  return found == drain.threads_cpu_s.end() ? 0 : found->second;
}

void AddStages(const std::vector<Drain>& drains, Report& report) {
  report.Begin("Where the CPU time goes, one worker");
  for (const Stage& stage : AllStages()) {
    report.Add({absl::StrCat("worker: ", stage.name),
                Of(drains, [&](const Drain& d) { return AMillion(stage.spent(d.stages).cpu, d.stages); }), kCpuUnit,
                std::nullopt});
  }
  const std::pair<const char*, const char*> threads[] = {{"worker", "worker's thread, all of it"},
                                                         {"librdkafka", "librdkafka's threads"},
                                                         {"rocksdb", "RocksDB in the background"},
                                                         {"other", "other threads"}};
  for (const auto& [purpose, name] : threads) {
    report.Add(
        {name, Of(drains, [&, purpose = purpose](const Drain& d) { return ThreadCpu(d, purpose); }), kCpuUnit, std::nullopt});
  }
  report.Begin("Where the worker's thread spends its time, waiting included, one worker");
  for (const Stage& stage : AllStages()) {
    report.Add({stage.name, Of(drains, [&](const Drain& d) { return AMillion(stage.spent(d.stages).wall, d.stages); }),
                "s/million", std::nullopt});
  }
  const auto commits = [](const Drain& d) { return static_cast<double>(std::max<int64_t>(d.stages.commit.calls, 1)); };
  report.Add({"records a transaction",
              Of(drains, [&](const Drain& d) { return static_cast<double>(d.stages.records) / commits(d); }), "", std::nullopt});
  report.Add({"a commit takes",
              Of(drains, [&](const Drain& d) { return absl::ToDoubleMilliseconds(d.stages.commit.wall) / commits(d); }), "ms",
              std::nullopt});
}

}  // namespace

absl::Status MeasureDrain(const PeerCluster& cluster, int64_t records, int rounds, Report& report) {
  PeerModel model;
  std::fprintf(stderr, "… filling the topic with %lld records\n", static_cast<long long>(records));
  RETURN_IF_ERROR(cluster.Create({kInput}, {}, kPartitions));
  RETURN_IF_ERROR(cluster.Feed(kInput, records, model));
  std::map<int, std::vector<Drain>> drains;
  for (int round = 0; round < rounds; ++round) {
    for (int workers : kWorkers) {
      const std::string name = absl::StrCat("peer-", workers, "-", round);
      ASSIGN_OR_RETURN(drains[workers].emplace_back(), DrainOnce(cluster, name, kInput, kPartitions, workers, model));
    }
  }
  report.Begin(absl::StrCat("The peer's topology, ", records, " records drained, exactly once"));
  for (int workers : kWorkers) {
    const std::vector<Drain>& of = drains[workers];
    // The goal is for one worker.
    const std::optional<Goal> rate = workers == 1 ? std::optional<Goal>({Goal::Kind::kAtLeast, kRateGoal}) : std::nullopt;
    report.Add({WorkersText(workers), Of(of, [](const Drain& d) { return d.records_per_s; }), "records/s", rate});
    report.Add({absl::StrCat(WorkersText(workers), ": CPU of the process"), Of(of, [](const Drain& d) { return d.cpu_s; }),
                kCpuUnit, Goal{Goal::Kind::kAtMost, kCpuGoal}});
    report.Add({absl::StrCat(WorkersText(workers), ": resident at the end"), Of(of, [](const Drain& d) { return d.resident_mb; }),
                "MB", std::nullopt});
  }
  report.Note(absl::StrCat("Outputs (", model.expected_outputs(), ") and final states are the model's in every round."));
  AddStages(drains[1], report);
  return absl::OkStatus();
}

absl::Status MeasureGrowth(const PeerCluster& cluster, int64_t records, int rounds, Report& report) {
  report.Begin(absl::StrCat("Growth: CPU of ", records, " records"));
  std::vector<double> medians;
  for (int partitions : kGrowthPartitions) {
    PeerModel model;
    const std::string input = absl::StrCat("in-", partitions);
    RETURN_IF_ERROR(cluster.Create({input}, {}, partitions));
    RETURN_IF_ERROR(cluster.Feed(input, records, model));
    for (int workers : kWorkers) {
      std::vector<Drain> drains;
      for (int round = 0; round < rounds; ++round) {
        const std::string name = absl::StrCat("growth-", partitions, "-", workers, "-", round);
        ASSIGN_OR_RETURN(drains.emplace_back(), DrainOnce(cluster, name, input, partitions, workers, model));
      }
      const std::string cell = absl::StrCat(partitions, " partitions, ", WorkersText(workers));
      const Spread cpu = Of(drains, [](const Drain& d) { return d.cpu_s; });
      medians.push_back(cpu.median);
      report.Add({cell, cpu, kCpuUnit, std::nullopt});
      report.Add(
          {absl::StrCat(cell, ": rate"), Of(drains, [](const Drain& d) { return d.records_per_s; }), "records/s", std::nullopt});
    }
  }
  const auto [smallest, largest] = std::minmax_element(medians.begin(), medians.end());
  const double ratio = *largest / *smallest;
  report.Add({"largest median over smallest", {ratio, ratio, ratio}, "", Goal{Goal::Kind::kAtMost, kGrowthGoal}});
  return absl::OkStatus();
}

}  // namespace touchstone::benchmarks
