#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/routing/domain/pool_state.h"

namespace touchstone::routing {

struct Pairing {
  std::string escalation_id;
  std::string agent_id;
};

// Who gets what next: of all that waits and has an eligible agent, what is first in line, and of its eligible agents who is to
// be asked first. Nothing where no more can be given.
//
// An agent is eligible who is connected, available, has a free unit and all required skills, and is not left out. Who is left
// out (declined, missed) is eligible again when the cool-down is over, or after a short rest while nobody else is.
//
// Cost: a look at the free agents for each distinct set of required skills, and nothing where nobody is free.
std::optional<Pairing> NextPairing(const PoolState& pool, absl::Time now);

// The next time after `now` at which who is left out of this work changes by itself; InfiniteFuture if never.
absl::Time NextLeftOutChange(const state::v1::WorkState& work, absl::Time now);

}  // namespace touchstone::routing
