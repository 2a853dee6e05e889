#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/eventlog/event_log.h"
#include "touchstone/operations/v1/operations_service.pb.h"

namespace touchstone::operations {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 500;
// Records looked at for one page: a rare reason does not read the whole topic in one call.
inline constexpr int kMaxLookedAt = 10'000;

// One page of the dead letters, oldest first within a partition. A page may be short, or empty, though another follows.
absl::StatusOr<v1::ListDeadLettersResponse> DeadLetterPage(eventlog::EventLog& log, const v1::ListDeadLettersRequest& request);

}  // namespace touchstone::operations
