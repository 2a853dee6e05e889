#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace touchstone::config {

// The whole of a file that somebody named, at most `bytes_max` bytes of it. The errors name the path and say why.
// NOT_FOUND: nothing is there. INVALID_ARGUMENT: a folder is there, or more bytes, or what this user may not read. Blocks for
// the read; where `path` is a pipe, until its writer closes it.
absl::StatusOr<std::string> ReadFileText(const std::string& path, size_t bytes_max);

}  // namespace touchstone::config
