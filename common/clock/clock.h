#pragma once

#include "absl/time/time.h"

namespace touchstone::clock {

// Where time comes from. Does not block. The implementation says which threads may call.
class Clock {
 public:
  virtual ~Clock() = default;

  // The wall clock: what a date is made of. It may step either way unless the implementation says otherwise.
  virtual absl::Time Now() const = 0;

  // Time since some fixed moment of this process: what spans and time-outs are measured by. Never goes back.
  virtual absl::Duration Monotonic() const = 0;
};

}  // namespace touchstone::clock
