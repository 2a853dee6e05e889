#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "absl/time/time.h"

namespace touchstone::eventlog {

// "Something may have changed since version N": how threads wait for a log without polling it. Thread-safe.
class ChangeSignal {
 public:
  // Something changed: whoever waits wakes.
  void Raise();

  // Read it before looking, wait past it after having found nothing: then no change is missed.
  uint64_t version() const;

  // Blocks until the version is past `seen`, at most `timeout`. Returns the version then.
  uint64_t WaitPast(uint64_t seen, absl::Duration timeout);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t version_ = 0;  // Guarded by mutex_.
};

}  // namespace touchstone::eventlog
