#include "services/process/task_health.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/invariant.h"

namespace touchstone::process {
namespace {

// The server as a whole, as grpc.health.v1 names it.
constexpr char kWhole[] = "";

}  // namespace

void TaskHealth::Add(std::vector<std::string> services, const std::vector<std::string>& kinds) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const std::string& kind : kinds) {
    metrics::Gauge& gauge =
        metrics_.AddGauge("touchstone_process_task_kind_runs",
                          "1 while the kind of task is at work here and no task of it stands still.", {{"kind", kind}});
    gauge.Set(0);
    kinds_.emplace(kind, Kind{gauge});
  }
  resting_.push_back({std::move(services), kinds});
}

void TaskHealth::Begin(rpc::Server& server) {
  const std::lock_guard<std::mutex> lock(mutex_);
  server_ = &server;
  // One by one: all at once would say for a moment that those serve whose tasks have not begun.
  for (const std::string& service : server.names()) {
    if (!RestsOnTasks(service)) server.SetServing(service, true);
  }
  Tell();
}

void TaskHealth::OnRuns(absl::string_view kind, bool runs) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto known = kinds_.find(kind);
  INVARIANT(known != kinds_.end(), absl::StrCat("nothing rests on task kind ", kind));
  known->second.runs = runs;
  known->second.gauge.Set(runs ? 1 : 0);
  Tell();
}

void TaskHealth::End() {
  const std::lock_guard<std::mutex> lock(mutex_);
  server_ = nullptr;
}

bool TaskHealth::RestsOnTasks(const std::string& service) const {
  return std::any_of(resting_.begin(), resting_.end(), [&](const Resting& resting) {
    return std::find(resting.services.begin(), resting.services.end(), service) != resting.services.end();
  });
}

bool TaskHealth::AllRun(const std::vector<std::string>& kinds) const {
  return std::all_of(kinds.begin(), kinds.end(), [this](const std::string& kind) { return kinds_.find(kind)->second.runs; });
}

void TaskHealth::Tell() const {
  if (server_ == nullptr) return;
  bool all = true;
  for (const Resting& resting : resting_) {
    const bool serve = AllRun(resting.kinds);
    all = all && serve;
    for (const std::string& service : resting.services) server_->SetServing(service, serve);
  }
  server_->SetServing(kWhole, all);
  if (on_whole_) on_whole_(all);
}

}  // namespace touchstone::process
