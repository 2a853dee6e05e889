#pragma once

#include <cstdio>
#include <cstdlib>

#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace touchstone::clock {

// Stands still until told. For tests and simulations; one thread.
class VirtualClock : public Clock {
 public:
  explicit VirtualClock(absl::Time now) : now_(now) {}

  absl::Time Now() const override { return now_; }
  absl::Duration Monotonic() const override { return monotonic_; }

  // Time passes: both clocks move. `by` below zero crashes: time does not pass backwards; see SetNow.
  void Advance(absl::Duration by) {
    if (by < absl::ZeroDuration()) {
      std::fputs("VirtualClock::Advance: time does not pass backwards\n", stderr);
      std::abort();
    }
    now_ += by;
    monotonic_ += by;
  }

  // Time passes until the wall clock shows `now`; nothing happens where it does already.
  void AdvanceTo(absl::Time now) {
    if (now > now_) Advance(now - now_);
  }

  // Somebody sets the wall clock, ahead or back; no time passes.
  void SetNow(absl::Time now) { now_ = now; }

 private:
  absl::Time now_;
  absl::Duration monotonic_ = absl::ZeroDuration();
};

}  // namespace touchstone::clock
