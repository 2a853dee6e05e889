#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/stream/overlay.h"

namespace touchstone::stream {

// A task's timers. They are state, in two keys each:
//
//   \0 k <timer key>                 -> due, 8 bytes        to find the timer of a key
//   \0 t <due, 8 bytes> <timer key>  -> (empty)             to find the next one due
//
// Due times are microseconds since 1970, big-endian with the sign bit turned, so that bytes order as times do. Only the
// nearest are kept in memory. Used by one thread.
class Timers {
 public:
  struct Timer {
    absl::Time due;
    std::string key;
    friend bool operator<(const Timer& a, const Timer& b) { return a.due != b.due ? a.due < b.due : a.key < b.key; }
  };

  // Reads the nearest anew from the state: at the start, and after anything was dropped.
  absl::Status Load(const eventlog::StateView& state);

  // The next to fire; nothing if there is none.
  absl::StatusOr<std::optional<Timer>> Next(const eventlog::StateView& state);

  // The next to fire as far as memory knows, for waiting.
  absl::Time NextDue() const { return near_.empty() ? horizon_.due : near_.begin()->due; }

  // Sets, moves or (InfiniteFuture) cancels the timer of `key`.
  absl::Status Set(absl::string_view key, absl::Time due, Overlay& overlay);

  // How many are kept in memory at most; also how many are read at a time.
  static constexpr size_t kNearMax = 4096;

  // Keys of the runtime begin with this byte; a processor's never do.
  static constexpr char kReserved = '\0';

 private:
  void Insert(Timer timer);

  std::set<Timer> near_;
  // All timers up to and with this one are in near_.
  Timer horizon_ = {absl::InfiniteFuture(), ""};
};

}  // namespace touchstone::stream
