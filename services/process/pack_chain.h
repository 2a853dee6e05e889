#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace touchstone::process {

// The folders of a pack and of what it extends (`extends:` in pack.yaml), the base first: `packs/core`, `packs/retail`.
// NOT_FOUND: a folder has no pack.yaml; INVALID_ARGUMENT: it is no YAML map, or the packs extend each other in a circle.
absl::StatusOr<std::vector<std::string>> PackChain(const std::string& packs_dir, absl::string_view pack);

// NOT_FOUND for the folder of a pack that holds no pack.yaml: the packs beside it, and the nearest.
absl::Status NoSuchPack(const std::string& folder);

}  // namespace touchstone::process
