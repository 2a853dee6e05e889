#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "services/process/part.h"

namespace touchstone::classification {

// Classification as a part of a process: the journey task, JourneyService. INVALID_ARGUMENT holds what is wrong with the pack.
absl::StatusOr<std::unique_ptr<process::Part>> MakeClassificationPart(const process::Surroundings& surroundings);

}  // namespace touchstone::classification
