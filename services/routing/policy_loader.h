#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/routing/domain/routing_policy.h"

namespace touchstone::routing {

// A routing.yaml as it was read. `file_name` is for errors.
struct PolicyText {
  std::string file_name;
  std::string text;
};

// Checks and compiles the policies of packs, `core` first: a later pack's rules are tried before an earlier one's, and its
// settings hold where it states them. INVALID_ARGUMENT holds every error found, each with file:line:column and a caret.
//
// `rules`: the ids of the rules that find moments, where they are known: a condition that compares `moment.rule` with another is
// an error. Empty: not checked.
//
// A condition that cannot be evaluated for a moment (a division by zero) does not hold for it.
absl::StatusOr<RoutingPolicy> CompileRoutingPolicy(const std::vector<PolicyText>& texts,
                                                   const std::vector<std::string>& rules = {});

// The same for the routing.yaml of each folder. Reads files; a folder without one adds nothing. NOT_FOUND: no folder has one.
absl::StatusOr<RoutingPolicy> LoadRoutingPolicy(const std::vector<std::string>& pack_folders,
                                                const std::vector<std::string>& rules = {});

}  // namespace touchstone::routing
