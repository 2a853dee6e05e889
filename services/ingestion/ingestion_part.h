#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "services/process/part.h"

namespace touchstone::ingestion {

// Ingestion as a part of a process: no tasks, IngestionService.
absl::StatusOr<std::unique_ptr<process::Part>> MakeIngestionPart(const process::Surroundings& surroundings);

}  // namespace touchstone::ingestion
