#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "touchstone/classification/v1/journey_service.pb.h"

namespace touchstone::cli {

struct MapStyle {
  int width = 100;
  bool colour = false;
  // Of all times shown.
  absl::TimeZone zone;
  std::string zone_name = "UTC";
};

// Strands beyond this share the last lane.
inline constexpr int kMapLanesMax = 8;
inline constexpr int kMapWidthMin = 60;

// A journey as a map: who, the way of its stages, its strands, then line by line what happened (●) and the moments of truth it
// made (◆), each in the lane of its strand, and what counts as strikes. `name` as it was asked for. Each line ends with a line
// end and is at most `width` wide (kMapWidthMin at least); what does not fit is shortened, for kUnboundedWidth nothing is.
//
//   customer:42   experience   1.00 strikes   3 touchpoints   times in UTC
//
//   Mon 2026-11-02
//     09:00  │ ● order.purchased     web, delivery promised until 2026-11-05 18:00       purchase
//   Thu 2026-11-05
//     18:00  │ ◆ THIRD disappointment 70: was promised delivery, and it did not come
std::string JourneyMap(absl::string_view name, const classification::v1::Journey& journey, const MapStyle& style);

}  // namespace touchstone::cli
