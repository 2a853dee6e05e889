#pragma once

#include <vector>

#include "common/eventlog/event_log.h"

namespace touchstone::suite {

// All kinds of tasks of the suite, with what they read.
std::vector<eventlog::TaskKind> TaskKinds();

}  // namespace touchstone::suite
