#include "common/clock/system_clock.h"

#include <time.h>

namespace touchstone::clock {
namespace {

absl::Duration Read(clockid_t id) {
  timespec read = {};
  // Fails only for a clock that the kernel does not have; both of ours are mandatory.
  clock_gettime(id, &read);
  return absl::DurationFromTimespec(read);
}

}  // namespace

absl::Time SystemClock::Now() const { return absl::UnixEpoch() + Read(CLOCK_REALTIME); }

absl::Duration SystemClock::Monotonic() const { return Read(CLOCK_MONOTONIC); }

}  // namespace touchstone::clock
