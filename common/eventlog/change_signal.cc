#include "common/eventlog/change_signal.h"

#include <chrono>

namespace touchstone::eventlog {

void ChangeSignal::Raise() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ++version_;
  }
  changed_.notify_all();
}

uint64_t ChangeSignal::version() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return version_;
}

uint64_t ChangeSignal::WaitPast(uint64_t seen, absl::Duration timeout) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (timeout > absl::ZeroDuration()) {
    // wait_for overflows on huge spans.
    changed_.wait_for(lock, absl::ToChronoNanoseconds(std::min(timeout, absl::Hours(1))), [&] { return version_ > seen; });
  }
  return version_;
}

}  // namespace touchstone::eventlog
