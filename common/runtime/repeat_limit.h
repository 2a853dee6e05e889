#pragma once

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace touchstone::runtime {

// Of one event, this many in this long.
inline constexpr int kRepeatsMax = 10;
inline constexpr absl::Duration kRepeatWindow = absl::Seconds(10);
// Events told apart; any further share one allowance.
inline constexpr size_t kRepeatEventsMax = 1000;

// Keeps a warning that repeats from filling a disk. A value told the time (Clock::Monotonic); not thread-safe.
class RepeatLimit {
 public:
  struct Verdict {
    bool admitted = false;
    // Not admitted since the last that was; said with the first of a new window.
    int64_t suppressed = 0;
  };

  Verdict Admit(absl::string_view event, absl::Duration now);

 private:
  struct Window {
    absl::Duration begun = -absl::InfiniteDuration();
    int admitted = 0;
    int64_t suppressed = 0;
  };
  absl::flat_hash_map<std::string, Window> windows_;
};

}  // namespace touchstone::runtime
