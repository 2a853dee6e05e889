#include "services/classification/story_time.h"

#include <array>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace touchstone::classification {
namespace {

constexpr std::array<const char*, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr int kCountMax = 10'000;
constexpr absl::Duration kDay = absl::Hours(24);

bool ParseCount(absl::string_view text, int& count) { return absl::SimpleAtoi(text, &count) && count >= 0 && count <= kCountMax; }

bool ParseClock(absl::string_view text, absl::Duration& clock) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  if (parts.size() < 2 || parts.size() > 3) return false;
  int numbers[3] = {0, 0, 0};
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].size() != 2 || !ParseCount(parts[i], numbers[i]) || numbers[i] > (i == 0 ? 23 : 59)) return false;
  }
  clock = absl::Hours(numbers[0]) + absl::Minutes(numbers[1]) + absl::Seconds(numbers[2]);
  return true;
}

int DayOf(absl::string_view text) {
  for (size_t i = 0; i < kDays.size(); ++i) {
    if (text == kDays[i]) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

absl::StatusOr<absl::Duration> ParseStoryTime(absl::string_view text) {
  const std::vector<absl::string_view> words = absl::StrSplit(text, ' ', absl::SkipEmpty());
  const absl::Status wrong =
      absl::InvalidArgumentError("is no time of a story: write 'Mon 09:00', 'week 3 Tue 10:30' or 'day 40 12:00'");
  size_t next = 0;
  int count = 0;
  absl::Duration time;
  if (words.size() >= 2 && words[0] == "day") {
    if (!ParseCount(words[1], count)) return wrong;
    time = count * kDay;
    next = 2;
  } else {
    if (words.size() >= 2 && words[0] == "week") {
      if (!ParseCount(words[1], count) || count < 1) return wrong;
      time = (count - 1) * 7 * kDay;
      next = 2;
    }
    const int day = next < words.size() ? DayOf(words[next]) : -1;
    if (day < 0) return wrong;
    time += day * kDay;
    ++next;
  }
  absl::Duration clock;
  if (next < words.size() && !ParseClock(words[next++], clock)) return wrong;
  if (next != words.size()) return wrong;
  return time + clock;
}

std::string StoryTimeText(absl::Duration since_first_monday) {
  const int64_t seconds = absl::ToInt64Seconds(since_first_monday);
  if (seconds < 0) return absl::StrCat("before the first Monday: ", absl::FormatDuration(since_first_monday));
  const int64_t day = seconds / 86'400;
  const int64_t clock = seconds % 86'400;
  std::string text = day >= 7 ? absl::StrCat("week ", day / 7 + 1, " ") : std::string();
  absl::StrAppend(&text, kDays[static_cast<size_t>(day % 7)], absl::StrFormat(" %02d:%02d", clock / 3600, clock / 60 % 60));
  if (clock % 60 != 0) absl::StrAppend(&text, absl::StrFormat(":%02d", clock % 60));
  return text;
}

}  // namespace touchstone::classification
