#pragma once

#include <string>

#include "tests/simulation/world.h"

namespace touchstone::simulation {

// The smallest options found, in at most `runs_max` runs, with which the world still fails the check that it failed first: fewer
// faults, fewer kinds of faults, fewer customers. `failed` is what `options` gave.
WorldOptions Shrunk(const WorldOptions& options, const WorldOutcome& failed, int runs_max);

// What repeats it, as arguments of tests/simulation/run: `--seed 7 --faults 12 --spare late,zombie --customers ada,emil`.
std::string ArgumentsOf(const WorldOptions& options);

}  // namespace touchstone::simulation
