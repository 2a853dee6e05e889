#pragma once

#include <memory>

#include "common/eventlog/event_log.h"
#include "common/rpc/watch.h"
#include "touchstone/routing/v1/escalation_service.pb.h"

namespace touchstone::routing {

// Changes of escalations as they are committed, from where the request says, each with the token to go on from.
// INVALID_ARGUMENT: a token of another watch.
absl::StatusOr<std::unique_ptr<rpc::WatchSource<v1::WatchEscalationsResponse>>> OpenEscalationWatch(
    eventlog::EventLog& log, const v1::WatchEscalationsRequest& request);

}  // namespace touchstone::routing
