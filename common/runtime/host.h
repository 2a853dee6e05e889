#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/clock/system_clock.h"
#include "common/metrics/prometheus_metrics.h"
#include "common/runtime/admin_server.h"
#include "common/runtime/flags.h"
#include "common/runtime/json_log.h"
#include "common/runtime/stop_signal.h"

namespace touchstone::runtime {

// The process a service lives in: its clock, log, metrics, admin port and signals. Made by Run, on the main thread, before
// any other thread; what main composes is destroyed before it. One a process. The accessors are for any thread.
class Host {
 public:
  Host(absl::string_view program, const Flags& flags);
  ~Host();

  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  const std::string& program() const { return program_; }
  const clock::Clock& clock() const { return clock_; }
  Log& log() { return log_; }
  metrics::Metrics& metrics() { return metrics_; }

  // Opens the admin port if there is to be one. Run does it.
  absl::Status OpenAdmin();
  // Where the admin port is; empty: there is none.
  std::string admin_address() const { return admin_ == nullptr ? "" : admin_->address(); }

  // Says that it serves, on /readyz and in the log, blocks until SIGTERM, SIGINT or RequestStop, and says that it does not
  // any more. OK, or what RequestStop said. Then main's objects end, last made first: servers before logs.
  absl::Status RunUntilStopped();

  // From any thread: whether what runs here serves all that it should; until told, it does. While it does not, /readyz says 503.
  void SetServing(bool serving) { serving_ = serving; }

  // From any thread: this process cannot go on.
  void RequestStop(const absl::Status& why) { stop_.Request(why); }

 private:
  const std::string program_;
  const std::string admin_listen_;
  clock::SystemClock clock_;
  JsonLog log_;
  metrics::PrometheusMetrics metrics_;
  std::atomic<bool> ready_{false};
  std::atomic<bool> serving_{true};
  StopSignal stop_;
  std::unique_ptr<AdminServer> admin_;
};

}  // namespace touchstone::runtime
