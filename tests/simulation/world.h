#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/eventlog/memory/memory_log.h"

namespace touchstone::simulation {

struct WorldOptions {
  uint64_t seed = 0;
  // Of each fault point, in ten thousandths.
  int fault_chance = 30;
  eventlog::Durability durability = eventlog::Durability::kOnSync;
  // How many of the retail pack's customers take part.
  int customers = 8;
};

struct WorldOutcome {
  // What is wrong; empty: everything held.
  std::vector<std::string> wrong;
  // A hash of every record of every topic.
  uint64_t trace = 0;
  int64_t moments = 0;
  int64_t escalations = 0;
  int64_t sends = 0;
  int restarts = 0;
};

// Runs the whole suite on virtual time: customers of the retail pack's examples arrive late, twice and out of order, agents and a
// sender answer, the process dies at any effect and comes back. Then everything comes to rest, and what came out is checked:
// the moments told add up to those of an undisturbed run over the same touchpoints; no record twice; one open escalation a
// customer; every offer ends once; one request a send key. The same options give the same outcome, to the byte.
WorldOutcome RunWorld(const WorldOptions& options);

}  // namespace touchstone::simulation
