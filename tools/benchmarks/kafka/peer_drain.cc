#include "tools/benchmarks/kafka/peer_drain.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "common/status/macros.h"

namespace touchstone::benchmarks {
namespace {

constexpr double kMillion = 1e6;
constexpr double kMegabyte = 1e6;

Drain DrainOf(const Reading& begin, const Reading& end, Stages stages) {
  Drain drain;
  const auto records = static_cast<double>(end.records - begin.records);
  const auto a_million = [&](absl::Duration span) { return absl::ToDoubleSeconds(span) * kMillion / records; };
  drain.records_per_s = records / absl::ToDoubleSeconds(end.time - begin.time);
  drain.cpu_s = a_million(end.cpu - begin.cpu);
  for (const auto& [purpose, cpu] : end.threads) {
    auto before = begin.threads.find(purpose);
    drain.threads_cpu_s[purpose] = a_million(before == begin.threads.end() ? cpu : cpu - before->second);
  }
  drain.resident_mb = static_cast<double>(end.resident_bytes) / kMegabyte;
  drain.stages = stages;
  return drain;
}

}  // namespace

absl::StatusOr<Drain> DrainOnce(const PeerCluster& cluster, const std::string& name, const std::string& input, int partitions,
                                int workers, PeerModel& model) {
  const std::string output = absl::StrCat(name, ".out");
  const std::string changelog = absl::StrCat(name, ".state");
  RETURN_IF_ERROR(cluster.Create({output}, {changelog}, partitions));
  Drain drain;
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::EventLog> log, cluster.Open({input, output, changelog}));
    ASSIGN_OR_RETURN(std::vector<int64_t> ends, log->EndOffsets(input));
    PeerWorkers running(*log, cluster.clock(), PeerTasks(name, input, output), workers, std::move(ends));
    RETURN_IF_ERROR(running.AwaitOwned());
    RETURN_IF_ERROR(running.AwaitDone());
    const Stages stages = running.Stop();
    drain = DrainOf(running.begin(), running.end(), stages);
  }
  RETURN_IF_ERROR(status::Annotated(cluster.Check(output, changelog, model), name));
  std::fprintf(stderr, "  %s: %.0f records/s, %.2f CPU s a million, %.0f MB, as the model\n", name.c_str(), drain.records_per_s,
               drain.cpu_s, drain.resident_mb);
  return drain;
}

}  // namespace touchstone::benchmarks
