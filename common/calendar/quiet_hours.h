#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace touchstone::calendar {

// From a time of day until another by the wall clock, over midnight where `to_minute` is the smaller. Equal: none. `from` is
// quiet, `to` is not any more. Minutes since midnight, 0 to 1439.
struct QuietHours {
  int from_minute = 0;
  int to_minute = 0;

  bool operator==(const QuietHours&) const = default;
};

// INVALID_ARGUMENT where a minute is outside a day; the text fits behind a field path. What the functions below are given has
// passed it.
absl::Status CheckQuietHours(const QuietHours& quiet);

bool IsQuiet(absl::Time time, const absl::TimeZone& zone, const QuietHours& quiet);
// Quiet in any of the zones; without zones never.
bool IsQuiet(absl::Time time, absl::Span<const absl::TimeZone> zones, const QuietHours& quiet);

// How far NextNotQuiet looks.
inline constexpr absl::Duration kQuietHorizon = absl::Hours(7 * 24);

// The first time from `time` on that is quiet in none of the zones: `time` itself where it is none. InfiniteFuture where there
// is no such time within kQuietHorizon. Cost: a few look-ups for each zone and change between quiet and not.
absl::Time NextNotQuiet(absl::Time time, absl::Span<const absl::TimeZone> zones, const QuietHours& quiet);

}  // namespace touchstone::calendar
