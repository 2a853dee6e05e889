#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace touchstone::e2e {

// What a cluster says of itself to a client that begins at `bootstrap`. Both block for some round trips.

// The number of the broker that leads a partition; `topic` by its name in the cluster. UNAVAILABLE: nobody does.
absl::StatusOr<int> LeaderOf(const std::string& bootstrap, const std::string& topic, int partition);

// Whether every partition of every topic has a leader and all its replicas in sync; else the first that has not, in words.
absl::Status AllInSync(const std::string& bootstrap);

}  // namespace touchstone::e2e
