#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/classification/testing/journey_driver.h"

namespace touchstone::classification {

// A journey as a person reads it, line by line in order of time: touchpoints, stages, moments, strikes. Times are of the story
// whose first Monday begins at `first_monday`.
std::string MapOf(const JourneyDriver& driver, absl::string_view name, absl::Time first_monday);

}  // namespace touchstone::classification
