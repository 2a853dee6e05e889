#include "common/clock/believed_clock.h"

#include <algorithm>

namespace touchstone::clock {

BelievedClock::BelievedClock(const Clock& clock)
    : clock_(clock), believed_wall_(clock.Now()), believed_at_(clock.Monotonic()), shown_(believed_wall_) {}

absl::Time BelievedClock::Now() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  Update();
  return shown_;
}

bool BelievedClock::doubted() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  Update();
  return doubted_;
}

void BelievedClock::Update() const {
  // Wall first: a thread that is put to sleep in between then sees the wall behind, which does no harm, and not ahead.
  const absl::Time wall = clock_.Now();
  const absl::Duration monotonic = clock_.Monotonic();
  const absl::Time extrapolated = believed_wall_ + (monotonic - believed_at_);
  // A clock that was set back and is set right again jumps ahead of its last reading, but not of what was shown.
  const absl::Duration jump = wall - std::max(extrapolated, shown_);
  if (jump <= kJumpMax) {
    doubted_ = false;
  } else if (!doubted_ || absl::AbsDuration(jump - doubted_jump_) > kJumpMax) {
    doubted_ = true;
    doubted_since_ = monotonic;
    doubted_jump_ = jump;
  } else if (monotonic - doubted_since_ >= kDoubt) {
    doubted_ = false;
  }
  if (!doubted_) {
    believed_wall_ = wall;
    believed_at_ = monotonic;
  }
  shown_ = std::max(shown_, doubted_ ? extrapolated : wall);
}

}  // namespace touchstone::clock
