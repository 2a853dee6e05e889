#pragma once

#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace touchstone::simulation {

// One machine's clock: the world's time, wrongly set by somebody now and then.
class MachineClock : public clock::Clock {
 public:
  // `world` outlives the clock.
  explicit MachineClock(const clock::Clock& world) : world_(world) {}

  absl::Time Now() const override { return world_.Now() + offset_; }
  absl::Duration Monotonic() const override { return world_.Monotonic(); }

  void Set(absl::Duration offset) { offset_ = offset; }
  absl::Duration offset() const { return offset_; }

 private:
  const clock::Clock& world_;
  absl::Duration offset_ = absl::ZeroDuration();
};

}  // namespace touchstone::simulation
