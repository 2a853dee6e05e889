#pragma once

#include <mutex>

#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace touchstone::clock {

// A wall clock that may be acted on: deadlines are irrevocable, and a machine's clock is sometimes set wrongly.
//
// - Now() never goes back: while the wall clock is behind what was shown, the shown time stands still.
// - A wall clock that jumps ahead of the monotonic one by more than kJumpMax is not believed for kDoubt: meanwhile Now() goes
//   on from the last believed reading by the monotonic clock. If it is still as far ahead after that, it is believed. If it
//   comes back it never mattered; if it jumps again by more than kJumpMax the doubt begins anew.
//
// Any thread, as far as the wrapped clock allows; one short lock.
class BelievedClock : public Clock {
 public:
  static constexpr absl::Duration kJumpMax = absl::Minutes(10);
  static constexpr absl::Duration kDoubt = absl::Minutes(5);

  // `clock` outlives this. Its first reading is believed: there is nothing to compare it with.
  explicit BelievedClock(const Clock& clock);

  absl::Time Now() const override;
  absl::Duration Monotonic() const override { return clock_.Monotonic(); }

  // Whether the wall clock is not believed at present, read anew: what an alarm asks.
  bool doubted() const;

 private:
  // Reads both clocks and brings the members up to date.
  void Update() const;

  const Clock& clock_;

  mutable std::mutex mutex_;
  // All below are guarded by mutex_. The last reading that was believed, and when.
  mutable absl::Time believed_wall_;
  mutable absl::Duration believed_at_;
  // What Now() last returned.
  mutable absl::Time shown_;
  mutable bool doubted_ = false;
  // While doubted_: since when, and how far ahead the wall clock said it was.
  mutable absl::Duration doubted_since_;
  mutable absl::Duration doubted_jump_;
};

}  // namespace touchstone::clock
