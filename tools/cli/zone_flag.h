#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace CLI {
class App;
}

namespace touchstone::cli {

inline constexpr char kDefaultZone[] = "UTC";

// Adds --zone to a command; the text is there once the flags are read.
std::shared_ptr<const std::string> AddZoneFlag(CLI::App& command);

// The same for several commands of which one is run.
void ShareZoneFlag(CLI::App& command, const std::shared_ptr<std::string>& zone);

// INVALID_ARGUMENT names the flag.
absl::StatusOr<absl::TimeZone> ZoneOf(const std::string& flag);

}  // namespace touchstone::cli
