#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/eventlog/event_log.h"
#include "common/rpc/watch.h"
#include "touchstone/classification/v1/journey_service.pb.h"

namespace touchstone::classification {

// The facts about journeys that a watcher asked for, as they are committed, each with the token to resume after it.
// `subject` is the name key of the journey asked for; empty: all. INVALID_ARGUMENT: no token of this watch.
absl::StatusOr<std::unique_ptr<rpc::WatchSource<v1::WatchJourneyEventsResponse>>> OpenJourneyWatch(
    eventlog::EventLog& log, const v1::WatchJourneyEventsRequest& request, const std::string& subject);

}  // namespace touchstone::classification
