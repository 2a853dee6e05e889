#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/rpc/stream_pump.h"
#include "common/stream/worker.h"

namespace touchstone::process {

// The thread that steps a worker: round after round while there is something to do, else asleep until the log changes or
// the worker has something to do by the clock.
class WorkerThread {
 public:
  // All outlive the thread. `failed` is called, on the thread, where the log can go on no more.
  WorkerThread(stream::Worker& worker, eventlog::EventLog& log, const clock::Clock& clock,
               std::function<void(absl::Status)> failed);
  // Ends after the round that is running.
  ~WorkerThread();

 private:
  void Run();

  stream::Worker& worker_;
  eventlog::EventLog& log_;
  const clock::Clock& clock_;
  const std::function<void(absl::Status)> failed_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// Wakes a server's streams whenever the log has changed.
class PumpThread {
 public:
  PumpThread(rpc::StreamPump& pump, eventlog::EventLog& log);
  ~PumpThread();

 private:
  rpc::StreamPump& pump_;
  eventlog::EventLog& log_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace touchstone::process
