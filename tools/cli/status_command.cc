#include <CLI/CLI.hpp>
#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/clock/proto_time.h"
#include "common/rpc/client.h"
#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "tools/cli/command_line.h"
#include "tools/cli/commands.h"
#include "tools/cli/connection.h"
#include "tools/cli/message_json.h"
#include "tools/cli/table.h"
#include "tools/cli/time_text.h"
#include "touchstone/operations/v1/operations_service.grpc.pb.h"

namespace touchstone::cli {
namespace {

using operations::v1::GetStatusResponse;
using operations::v1::OperationsService;

// A task's clock moves with its input, so the time of one that has none looks as if it were stuck.
constexpr char kTimesExplained[] =
    "\nTimes are UTC. A task with nothing to do is idle and its time stands still until the next record or timer.\n";

std::string Stands(const operations::v1::TaskStatus& task) {
  if (!task.stopped().empty()) return absl::StrCat("stopped: ", task.stopped());
  return task.lag() == 0 ? "idle" : absl::StrCat(task.lag(), " behind");
}

std::string StatusText(const GetStatusResponse& status, int width) {
  std::string text =
      absl::StrFormat("touchstone %s on the %s log, up for %s, %.1f GB free\n", status.version(), status.log(),
                      SpanText(clock::DurationFrom(status.uptime())), static_cast<double>(status.disk_free_bytes()) / 1e9);
  if (!status.intake_stopped().empty()) absl::StrAppend(&text, "intake is stopped: ", status.intake_stopped(), "\n");
  for (const operations::v1::PackStatus& pack : status.packs())
    absl::StrAppend(&text, "pack ", pack.pack(), " ", pack.version(), ", ", pack.rule_count(), " rules\n");
  Table table({"task", "partition", "processed", "dead letters", "last did something", "next timer", "stands"});
  for (const operations::v1::TaskStatus& task : status.tasks()) {
    table.Add({task.kind(), absl::StrCat(task.partition()), absl::StrCat(task.processed_count()),
               absl::StrCat(task.dead_letter_count()), TimeText(task.task_time(), absl::UTCTimeZone()),
               TimeText(task.next_timer_time(), absl::UTCTimeZone()), Stands(task)});
  }
  return table.empty() ? text : absl::StrCat(text, "\n", table.Render(width), kTimesExplained);
}

absl::StatusOr<int> ShowStatus(Context& context) {
  ASSIGN_OR_RETURN(const auto stub, StubOf<OperationsService>(context));
  ASSIGN_OR_RETURN(const GetStatusResponse status,
                   rpc::Call(*stub, &OperationsService::Stub::GetStatus, operations::v1::GetStatusRequest()));
  context.out << (context.json ? JsonLine(status) + "\n" : StatusText(status, context.terminal.width)) << std::flush;
  return runtime::kExitOk;
}

}  // namespace

void AddStatus(CLI::App& app, Context& context) {
  DeclareRemote(app, context,
                {.name = "status", .what = "Shows how the suite does: tasks, lag, packs", .example = "touchstone status"},
                [&context] { return ShowStatus(context); });
}

}  // namespace touchstone::cli
