#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace touchstone::calendar {

inline constexpr int kMinutesOfDay = 24 * 60;

// `22:00` or `7:05` as minutes since midnight, 0 to 1439. INVALID_ARGUMENT for anything else (24:00 too: that is 00:00); the
// text fits behind a field path.
absl::StatusOr<int> ParseTimeOfDay(absl::string_view text);

// `07:05`. `minute` is 0 to 1439.
std::string TimeOfDayText(int minute);

}  // namespace touchstone::calendar
