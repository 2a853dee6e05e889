#include "common/calendar/quiet_hours.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/calendar/time_of_day.h"
#include "common/status/invariant.h"

namespace touchstone::calendar {
namespace {

bool IsMinuteOfDay(int minute) { return minute >= 0 && minute < kMinutesOfDay; }

bool IsQuietMinute(int minute, const QuietHours& quiet) {
  if (quiet.from_minute <= quiet.to_minute) return minute >= quiet.from_minute && minute < quiet.to_minute;
  return minute >= quiet.from_minute || minute < quiet.to_minute;
}

// The first time after `time`, at which it is quiet in the zone, that may not be. The wall clock shows `to_minute` next (which
// may be skipped: then the change of the clock), unless it is changed before, which may end the quiet too.
absl::Time PossibleEnd(absl::Time time, const absl::TimeZone& zone, const QuietHours& quiet) {
  const absl::CivilSecond local = absl::ToCivilSecond(time, zone);
  absl::CivilSecond end = absl::CivilSecond(absl::CivilDay(local)) + 60 * quiet.to_minute;
  if (end <= local) end = absl::CivilSecond(absl::CivilDay(local) + 1) + 60 * quiet.to_minute;
  const absl::TimeZone::TimeInfo info = zone.At(end);
  absl::Time possible = info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
  // In the second half of a fold `pre` is past.
  if (possible <= time) possible = info.post;
  absl::TimeZone::CivilTransition change;
  if (zone.NextTransition(time, &change)) {
    // What the clock is set to: in a fold shown twice, with the change between; after a gap shown once, at the change.
    possible = std::min(possible, zone.At(change.to).trans);
  }
  return possible;
}

}  // namespace

absl::Status CheckQuietHours(const QuietHours& quiet) {
  if (IsMinuteOfDay(quiet.from_minute) && IsMinuteOfDay(quiet.to_minute)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("has quiet hours from minute ", quiet.from_minute, " to ", quiet.to_minute,
                                                 "; a day has the minutes 0 to ", kMinutesOfDay - 1));
}

bool IsQuiet(absl::Time time, const absl::TimeZone& zone, const QuietHours& quiet) {
  INVARIANT(CheckQuietHours(quiet).ok(), "quiet hours were checked");
  const absl::CivilSecond local = absl::ToCivilSecond(time, zone);
  return IsQuietMinute(local.hour() * 60 + local.minute(), quiet);
}

bool IsQuiet(absl::Time time, absl::Span<const absl::TimeZone> zones, const QuietHours& quiet) {
  return std::any_of(zones.begin(), zones.end(), [&](const absl::TimeZone& zone) { return IsQuiet(time, zone, quiet); });
}

absl::Time NextNotQuiet(absl::Time time, absl::Span<const absl::TimeZone> zones, const QuietHours& quiet) {
  if (time == absl::InfiniteFuture() || time == absl::InfinitePast()) return time;
  const absl::Time horizon = time + kQuietHorizon;
  // Each round leaves a quiet time of one zone or passes a change of a clock, so it ends; no time is skipped, because each
  // zone that is quiet stays so until its possible end.
  absl::Time candidate = time;
  while (candidate <= horizon) {
    absl::Time next = candidate;
    for (const absl::TimeZone& zone : zones) {
      if (IsQuiet(candidate, zone, quiet)) next = std::max(next, PossibleEnd(candidate, zone, quiet));
    }
    if (next == candidate) return candidate;
    candidate = next;
  }
  return absl::InfiniteFuture();
}

}  // namespace touchstone::calendar
