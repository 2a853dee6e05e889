#pragma once

#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace touchstone::clock {

// The machine's clocks, to the nanosecond. Any thread.
class SystemClock : public Clock {
 public:
  absl::Time Now() const override;
  // CLOCK_MONOTONIC: does not run while the machine is suspended.
  absl::Duration Monotonic() const override;
};

}  // namespace touchstone::clock
