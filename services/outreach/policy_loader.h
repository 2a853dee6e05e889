#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/outreach/domain/gate_checks.h"
#include "services/outreach/domain/play.h"

namespace touchstone::outreach {

// An outreach.yaml as it was read. `file_name` is for errors.
struct PolicyText {
  std::string file_name;
  std::string text;
};

// What the packs say, ready for use. Immutable; shared by tasks.
struct OutreachPolicy {
  std::shared_ptr<const PlannerPolicy> planner;
  std::shared_ptr<const GatePolicy> gate;
};

// Checks and compiles the policies of packs, `core` first: a later pack's plays are tried before an earlier one's, and its
// settings hold where it states them. INVALID_ARGUMENT holds every error found, each with file:line:column and a caret.
//
// `rules`: the ids of the rules that find moments, where they are known: a condition that compares `moment.rule` with another is
// an error. Empty: not checked.
//
// A condition that cannot be evaluated for a moment (a division by zero) does not hold for it.
absl::StatusOr<OutreachPolicy> CompileOutreachPolicy(const std::vector<PolicyText>& texts,
                                                     const std::vector<std::string>& rules = {});

// The same for the outreach.yaml of each folder. Reads files; a folder without one adds nothing. NOT_FOUND: no folder has one.
absl::StatusOr<OutreachPolicy> LoadOutreachPolicy(const std::vector<std::string>& pack_folders,
                                                  const std::vector<std::string>& rules = {});

}  // namespace touchstone::outreach
