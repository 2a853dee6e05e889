#include "services/process/worker_thread.h"

#include <utility>

#include "common/runtime/thread_name.h"

namespace touchstone::process {
namespace {

// A thread sleeps no longer, so that a step of the wall clock is seen.
constexpr absl::Duration kSleepMax = absl::Seconds(1);
// And no shorter: a timer that is due and must wait for a hidden record is no reason to spin.
constexpr absl::Duration kSleepMin = absl::Milliseconds(2);

}  // namespace

WorkerThread::WorkerThread(stream::Worker& worker, eventlog::EventLog& log, const clock::Clock& clock,
                           std::function<void(absl::Status)> failed)
    : worker_(worker), log_(log), clock_(clock), failed_(std::move(failed)), thread_([this] { Run(); }) {}

WorkerThread::~WorkerThread() {
  stopping_ = true;
  log_.changes().Raise();
  thread_.join();
}

void WorkerThread::Run() {
  runtime::SetThreadName("worker");
  while (!stopping_) {
    // Read before looking: a change that comes after the look is then not slept over.
    const uint64_t seen = log_.changes().version();
    absl::StatusOr<bool> did = worker_.Step();
    if (!did.ok()) {
      failed_(did.status());
      return;
    }
    if (*did) continue;
    log_.changes().WaitPast(seen, std::clamp(worker_.NextWake() - clock_.Now(), kSleepMin, kSleepMax));
  }
}

PumpThread::PumpThread(rpc::StreamPump& pump, eventlog::EventLog& log)
    : pump_(pump), log_(log), thread_([this] {
        runtime::SetThreadName("pump-waker");
        uint64_t seen = 0;
        while (!stopping_) {
          seen = log_.tail_changes().WaitPast(seen, kSleepMax);
          pump_.Wake();
        }
      }) {}

PumpThread::~PumpThread() {
  stopping_ = true;
  log_.tail_changes().Raise();
  thread_.join();
}

}  // namespace touchstone::process
