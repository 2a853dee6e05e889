#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "common/eventlog/memory/memory_log.h"
#include "common/stream/processor.h"
#include "tests/simulation/checks.h"
#include "tests/simulation/fault_plan.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/verdicts.h"

namespace touchstone::simulation {

struct WorldOptions {
  uint64_t seed = 0;
  // kOnSync: one process, as over the embedded log. kBroker: processes that share the work, and one that only takes in and hands
  // out.
  eventlog::Durability durability = eventlog::Durability::kOnSync;
  // With kBroker: how many processes work.
  int processes = 1;
  // How many of the retail pack's customers take part, at most.
  int customers = 3;

  // --- What a shrinker takes away; the rest stays as the seed has it.
  // Only these of the customers; empty: all.
  std::set<std::string> only_customers;
  // After so many faults nothing goes wrong any more.
  int64_t faults_max = std::numeric_limits<int64_t>::max();
  // Faults, by name, that do not happen.
  std::set<std::string> spared_faults;

  // Whether WorldOutcome::lines is filled.
  bool keeps_lines = false;
  // The services' tasks of a process; null: as the retail pack sets them up.
  std::function<std::vector<stream::TaskDefinition>()> make_tasks;
};

// What a seed stands for: the other options follow from it.
WorldOptions OptionsOf(uint64_t seed);

struct WorldOutcome {
  // Empty: everything held. A world ends at the first step after which something did not.
  std::vector<Violation> violations;
  // A hash of everything that happened, in order: faults, and records as they became durable.
  uint64_t trace = 0;
  std::vector<TraceLine> lines;
  // By FaultNames(): how often each happened.
  std::vector<int64_t> fault_hits;

  // --- That something happened at all.
  int64_t steps = 0;
  int64_t moments = 0;
  int64_t escalations = 0;
  int64_t sends = 0;
  int restarts = 0;
  // The customers that took part.
  std::set<std::string> customers;
};

// Runs the whole suite on virtual time in this thread: customers of the retail pack's examples arrive late, twice and out of
// order, agents and a sender answer, machines fail in every way that FaultNames() lists. After each step observers look at what
// has become durable and at what was seen outside; then everything comes to rest, and what came out is held against what must be.
// The same options give the same outcome, to the byte. Reads deploy/packs and deploy/topics.yaml, once a process.
WorldOutcome RunWorld(const WorldOptions& options);

}  // namespace touchstone::simulation
