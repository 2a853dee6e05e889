#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"

namespace touchstone::eventlog::embedded {

// What waits for a write to be durable, called in the order of writes on a thread of its own: a call answers a client, and while
// hundreds are answered the next sync is under way. Thread-safe.
class DurableCallbacks {
 public:
  using Done = absl::AnyInvocable<void(absl::Status)>;

  // All up to `durable` is durable.
  explicit DurableCallbacks(uint64_t durable);
  ~DurableCallbacks();

  // Calls each of `done` when `write` is durable; at once, on this thread, where all that waited for it was called already or,
  // with an error, after Finish.
  void Add(uint64_t write, std::vector<Done> done);

  // All up to `write` is durable. Does not block.
  void Advance(uint64_t write);

  // Ends the thread. On return all that waited for what is durable was called, and the rest with an error. Repeats do nothing.
  void Finish();

 private:
  void Run();
  void CallDurable(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable wake_;
  // Guarded by mutex_:
  std::multimap<uint64_t, Done> waiting_;
  uint64_t durable_;
  uint64_t called_;  // All that waited for a write up to this one was called.
  bool stopping_ = false;
  bool ended_ = false;

  std::thread thread_;
};

}  // namespace touchstone::eventlog::embedded
