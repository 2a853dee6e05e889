#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

namespace touchstone::rpc {

// Does what may block (a question to a broker) beside gRPC's threads, of which there are few: one thread, one job after the
// other. Thread-safe.
class BlockingThread {
 public:
  // Jobs that wait for the one that runs; one more is refused.
  static constexpr size_t kWaitingMax = 64;
  static constexpr absl::Duration kRetryDelay = absl::Seconds(1);

  // Called once. With OK on the thread, where it may block. With an error, on any thread, it is not to be done:
  // RESOURCE_EXHAUSTED with RetryInfo, at once, where too many wait; UNAVAILABLE at the end.
  using Job = absl::AnyInvocable<void(const absl::Status& go)>;

  // `name`: of the thread, at most 15 characters.
  explicit BlockingThread(std::string name);
  // Refuses the jobs that wait, and waits for the one that runs.
  ~BlockingThread();

  BlockingThread(const BlockingThread&) = delete;
  BlockingThread& operator=(const BlockingThread&) = delete;

  // Does not block. A job may add another.
  void Add(Job job);

 private:
  void Run();

  const std::string name_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::deque<Job> waiting_;
  bool ending_ = false;

  std::thread thread_;  // Last: it starts when all above is there.
};

}  // namespace touchstone::rpc
