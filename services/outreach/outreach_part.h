#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "services/process/part.h"

namespace touchstone::outreach {

// Outreach as a part of a process: its tasks and its calls, by the pack in use.
absl::StatusOr<std::unique_ptr<process::Part>> MakeOutreachPart(const process::Surroundings& surroundings);

}  // namespace touchstone::outreach
