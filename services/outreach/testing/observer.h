#pragma once

#include <string>
#include <vector>

#include "services/outreach/domain/gate_checks.h"
#include "services/outreach/domain/play.h"
#include "services/outreach/testing/outreach_world.h"

namespace touchstone::outreach {

// What is wrong with what was written, in words; empty if nothing is. Looks at records alone (requests, and the order in
// which gate.v1 was committed), and counts for itself, with none of the product's code: no request after a committed
// withdrawal, none in quiet hours, none past its expiry, no cap passed, no send key twice, no two keys for one step of a play
// and a moment.
std::vector<std::string> Violations(const PlannerPolicy& planner, const GatePolicy& gate, const std::vector<Written>& written);

// What is left at rest: outreaches that nobody will ever decide.
std::vector<std::string> Unfinished(const std::vector<Written>& written);

}  // namespace touchstone::outreach
