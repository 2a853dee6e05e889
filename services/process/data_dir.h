#pragma once

#include <string>

#include "absl/status/status.h"

namespace touchstone::process {

// The folder that a setting named for what is kept on the embedded log: `log/` and `name-secret`.
//
// Makes it where it is not there; writes nothing into it. INVALID_ARGUMENT, which says what was found and what to do: `path` is
// no folder and none can be made, this user may not write to it, or it holds somebody else's files and nothing of ours. A file
// system's own `lost+found` is nobody's. Blocks for the disk.
absl::Status PrepareDataDir(const std::string& path);

}  // namespace touchstone::process
