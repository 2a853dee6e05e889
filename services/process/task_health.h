#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/metrics/metrics.h"
#include "common/rpc/server.h"

namespace touchstone::process {

// What health says of the services that rest on tasks: a service serves while all its kinds of tasks run, the server as a whole
// while all do. Tells the same as the metric `touchstone_process_task_kind_runs`. Thread-safe.
class TaskHealth {
 public:
  // `on_whole` is told, from Begin on and on any thread, whether all kinds run; it may be empty. `metrics` outlives it.
  explicit TaskHealth(metrics::Metrics& metrics, std::function<void(bool all_run)> on_whole = nullptr)
      : metrics_(metrics), on_whole_(std::move(on_whole)) {}

  // These services (their full names) rest on tasks of these kinds, which do not run yet. Before Begin.
  void Add(std::vector<std::string> services, const std::vector<std::string>& kinds);

  // From now on `server` says it, until End.
  void Begin(rpc::Server& server);

  // For WorkerOptions::on_runs.
  void OnRuns(absl::string_view kind, bool runs);

  // From now on health is the server's own again: it stops.
  void End();

 private:
  struct Kind {
    metrics::Gauge& gauge;
    bool runs = false;
  };
  struct Resting {
    std::vector<std::string> services;
    std::vector<std::string> kinds;
  };

  bool RestsOnTasks(const std::string& service) const;
  bool AllRun(const std::vector<std::string>& kinds) const;
  void Tell() const;

  metrics::Metrics& metrics_;
  const std::function<void(bool)> on_whole_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, Kind, std::less<>> kinds_;
  std::vector<Resting> resting_;
  rpc::Server* server_ = nullptr;
};

}  // namespace touchstone::process
