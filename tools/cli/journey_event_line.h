#pragma once

#include <string>

#include "absl/time/time.h"
#include "tools/cli/paint.h"
#include "touchstone/events/v1/journey.pb.h"

namespace touchstone::cli {

// A fact of a journey as one line without its end: `2026-11-05 18:00  customer:42  ◆ third, disappointment 70: was promised ...`.
std::string JourneyEventLine(const events::v1::JourneyEvent& event, absl::TimeZone zone, const Paint& paint, int width);

}  // namespace touchstone::cli
