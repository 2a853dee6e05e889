#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace touchstone::classification {

// A time as a story tells it, from the start of its first Monday on:
//
//   Mon 09:00            of the first week
//   week 3 Tue 10:30:05  of the third
//   day 40               40 days after the first Monday's start; day 40 12:00
//
// INVALID_ARGUMENT shows the forms.
absl::StatusOr<absl::Duration> ParseStoryTime(absl::string_view text);

// `week 3 Tue 10:30`, seconds where there are some; the way back.
std::string StoryTimeText(absl::Duration since_first_monday);

}  // namespace touchstone::classification
