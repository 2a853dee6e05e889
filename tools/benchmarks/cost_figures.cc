#include <algorithm>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "tools/benchmarks/figures.h"
#include "tools/benchmarks/task_cost.h"

namespace touchstone::benchmarks {
namespace {

constexpr int64_t kWarmUpTouchpoints = 10'000;
constexpr int64_t kTouchpoints = 60'000;
constexpr int64_t kQuickTouchpoints = 20'000;

// Sums of a run as figures for one touchpoint.
class PerTouchpoint {
 public:
  PerTouchpoint(Report& report, int64_t touchpoints) : report_(report), touchpoints_(static_cast<double>(touchpoints)) {}

  double Add(const std::string& name, double total, const std::string& unit) {
    const double each = total / touchpoints_;
    report_.Add({name, {each, each, each}, unit, std::nullopt});
    return each;
  }
  double Add(const std::string& name, int64_t total, const std::string& unit) {
    return Add(name, static_cast<double>(total), unit);
  }
  double Add(const std::string& name, absl::Duration total) { return Add(name, absl::ToDoubleMicroseconds(total), "us"); }

 private:
  Report& report_;
  const double touchpoints_;
};

void AddWrites(const TaskCost& cost, Report& report) {
  KindCost sum;
  for (const auto& [kind, each] : cost.kinds) {
    sum.puts += each.puts;
    sum.deletes += each.deletes;
    sum.state_bytes += each.state_bytes;
    sum.outputs += each.outputs;
    sum.output_bytes += each.output_bytes;
  }
  report.Begin("Writes of each touchpoint, all task kinds together");
  PerTouchpoint per(report, cost.touchpoints);
  per.Add("changes of the store (state, chunks of records, positions)", cost.store_writes, "");
  per.Add("state keys put", sum.puts, "");
  per.Add("state keys deleted", sum.deletes, "");
  per.Add("state keys and values", sum.state_bytes, "bytes");
  per.Add("records written beside the touchpoint itself", sum.outputs, "");
  per.Add("their keys, ids and values", sum.output_bytes, "bytes");
  per.Add("write-ahead log", cost.wal_bytes, "bytes");
  per.Add("tables, flushes and compactions", cost.table_bytes, "bytes");
  for (const auto& [kind, each] : cost.kinds) {
    per.Add(absl::StrCat(kind, ": puts"), each.puts, "");
    per.Add(absl::StrCat(kind, ": state"), each.state_bytes, "bytes");
    per.Add(absl::StrCat(kind, ": records"), each.outputs, "");
    per.Add(absl::StrCat(kind, ": record bytes"), each.output_bytes, "bytes");
  }
}

void AddCpu(const TaskCost& cost, absl::Duration server_cpu, Report& report) {
  report.Begin("Where the CPU time of each touchpoint goes: the suite's tasks in one thread, without gRPC");
  PerTouchpoint per(report, cost.touchpoints);
  per.Add("parse (part of the next)", cost.parse);
  double sum = per.Add("parse, check, normalise, serialize", cost.check);
  sum += per.Add("append", cost.append);
  per.Add("fold alone, on state in memory (part of journey: decide)", cost.fold);
  for (const auto& [kind, each] : cost.kinds) {
    sum += per.Add(absl::StrCat(kind, ": fetch"), each.fetch);
    const absl::Duration read = std::min(each.read, each.process);
    sum += per.Add(absl::StrCat(kind, ": read state (", each.gets * 100 / cost.touchpoints, " gets, ",
                                each.scans * 100 / cost.touchpoints, " scans for 100)"),
                   read);
    sum += per.Add(absl::StrCat(kind, ": decide"), each.process - read);
    sum += per.Add(absl::StrCat(kind, ": store"), each.commit);
  }
  sum += per.Add("sync, flush, compact in the background", cost.background);
  report.Add({"together", {sum, sum, sum}, "us", std::nullopt});
  if (server_cpu == absl::ZeroDuration()) return;
  const double server_us = absl::ToDoubleMicroseconds(server_cpu);
  const double rest = server_us - sum;
  report.Add({"the server's under streamed load (above)", {server_us, server_us, server_us}, "us", std::nullopt});
  report.Add({"of it not in the list: gRPC, threads, smaller batches", {rest, rest, rest}, "us", std::nullopt});
}

}  // namespace

absl::Status MeasureCosts(const Bench& bench, absl::Duration server_cpu) {
  bench.Say("writes and CPU time of a touchpoint");
  const std::string folder = absl::StrCat(bench.folder, "/costs");
  ASSIGN_OR_RETURN(const TaskCost cost,
                   MeasureTaskCost(folder, kWarmUpTouchpoints, bench.quick ? kQuickTouchpoints : kTouchpoints, bench.clock));
  AddCpu(cost, server_cpu, bench.report);
  AddWrites(cost, bench.report);
  return absl::OkStatus();
}

}  // namespace touchstone::benchmarks
