#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace touchstone::cli {

inline constexpr size_t kFileTextBytesMax = 16 << 20;

// A whole file that a flag named. INVALID_ARGUMENT: it is not there, or has more than kFileTextBytesMax. Blocks.
absl::StatusOr<std::string> ReadFileText(const std::string& path);

}  // namespace touchstone::cli
