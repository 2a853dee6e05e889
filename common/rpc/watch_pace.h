#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace touchstone::rpc {

struct WatchOptions {
  // Silence after which a heartbeat is sent. A watch that has nothing to tell begins with one: from then on its reader can come
  // back to where it began.
  absl::Duration heartbeat = absl::Seconds(15);
  // A watch this old is ended, so that clients spread over servers again and a leaked one does not stay.
  absl::Duration age_max = absl::Hours(1);
  // A client that has not read its message for this long is cut.
  absl::Duration stall_max = absl::Seconds(60);
};

// What a watch should do next: a value without threads, told the time (Clock::Monotonic).
class WatchPace {
 public:
  enum class Step {
    kWait,   // A message is on its way.
    kCut,    // It has been for too long: the client does not read.
    kEnd,    // Old enough: end with TooOld().
    kOffer,  // Nothing is on its way: pull, and if there is nothing, see HeartbeatDue.
  };

  explicit WatchPace(const WatchOptions& options) : options_(options) {}

  Step Next(absl::Duration now, bool write_in_flight);
  bool HeartbeatDue(absl::Duration now) const { return !has_written_ || now >= last_write_ + options_.heartbeat; }
  void Wrote(absl::Duration now) {
    has_written_ = true;
    last_write_ = now;
  }

  // UNAVAILABLE: the client comes back with its resume token.
  absl::Status TooOld() const;

 private:
  WatchOptions options_;
  std::optional<absl::Duration> begun_;  // By the first Next.
  bool has_written_ = false;
  absl::Duration last_write_;  // Or begun_.
};

}  // namespace touchstone::rpc
