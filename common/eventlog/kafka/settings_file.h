#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"

namespace touchstone::eventlog {

inline constexpr size_t kSettingsFileBytesMax = 64 << 10;

// Settings of librdkafka, passwords among them, from a file that only its owner may read: a line `NAME=VALUE` each, as in
// `sasl.password=…`; lines that begin with # and empty ones are passed over, and spaces around name and value. NOT_FOUND;
// FAILED_PRECONDITION where others may read it; INVALID_ARGUMENT with file and line, and never with what stands there. Blocks for
// the read.
absl::StatusOr<std::map<std::string, std::string>> ReadSettingsFile(const std::string& path);

// Those of the file with the others. INVALID_ARGUMENT where both state one.
absl::StatusOr<std::map<std::string, std::string>> WithSettingsFile(std::map<std::string, std::string> settings,
                                                                    const std::string& path);

}  // namespace touchstone::eventlog
