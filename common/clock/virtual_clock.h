#pragma once

#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace touchstone::clock {

// Stands still until told. For tests and simulations. Any thread: what is tested may read it on threads of its own.
class VirtualClock : public Clock {
 public:
  explicit VirtualClock(absl::Time now) : now_(now) {}

  absl::Time Now() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return now_;
  }
  absl::Duration Monotonic() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return monotonic_;
  }

  // Time passes: both clocks move. `by` below zero crashes: time does not pass backwards; see SetNow.
  void Advance(absl::Duration by) {
    if (by < absl::ZeroDuration()) {
      std::fputs("VirtualClock::Advance: time does not pass backwards\n", stderr);
      std::abort();
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    now_ += by;
    monotonic_ += by;
  }

  // Time passes until the wall clock shows `now`; nothing happens where it does already.
  void AdvanceTo(absl::Time now) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (now <= now_) return;
    monotonic_ += now - now_;
    now_ = now;
  }

  // Somebody sets the wall clock, ahead or back; no time passes.
  void SetNow(absl::Time now) {
    const std::lock_guard<std::mutex> lock(mutex_);
    now_ = now;
  }

 private:
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  absl::Time now_;
  absl::Duration monotonic_ = absl::ZeroDuration();
};

}  // namespace touchstone::clock
