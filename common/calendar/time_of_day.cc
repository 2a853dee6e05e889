#include "common/calendar/time_of_day.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/invariant.h"

namespace touchstone::calendar {
namespace {

// One or two digits, nothing else.
bool ReadDigits(absl::string_view text, int& number) {
  const bool digits = std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
  return digits && (text.size() == 1 || text.size() == 2) && absl::SimpleAtoi(text, &number);
}

}  // namespace

absl::StatusOr<int> ParseTimeOfDay(absl::string_view text) {
  const size_t colon = text.find(':');
  int hour = 0;
  int minute = 0;
  const bool read = colon != absl::string_view::npos && ReadDigits(text.substr(0, colon), hour) && text.size() == colon + 3 &&
                    ReadDigits(text.substr(colon + 1), minute);
  if (!read || hour > 23 || minute > 59) {
    return absl::InvalidArgumentError("is no time of day: it should look like 22:00, from 00:00 to 23:59");
  }
  return hour * 60 + minute;
}

std::string TimeOfDayText(int minute) {
  INVARIANT(minute >= 0 && minute < kMinutesOfDay, absl::StrCat("minute ", minute, " of a day"));
  return absl::StrFormat("%02d:%02d", minute / 60, minute % 60);
}

}  // namespace touchstone::calendar
