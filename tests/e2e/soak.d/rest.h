#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"

namespace touchstone::e2e {

// Blocks until nothing is under way on a log: no transaction is open, no escalation is, and nothing was written for some seconds,
// but what desktops' leases write. `meanwhile` is called now and then. DEADLINE_EXCEEDED says what goes on.
absl::Status AwaitRest(eventlog::EventLog& log, const clock::Clock& clock, absl::Duration within,
                       absl::FunctionRef<void()> meanwhile);

}  // namespace touchstone::e2e
