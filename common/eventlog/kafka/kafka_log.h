#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/eventlog/kafka/kafka_options.h"

namespace touchstone::eventlog {

// Opens the log on a cluster; blocks up to 10 s. `clock` outlives it. topics() has the cluster's partition counts.
//
// UNAVAILABLE: no broker answers. FAILED_PRECONDITION: topics are missing; they are named.
absl::StatusOr<std::unique_ptr<EventLog>> OpenKafkaLog(KafkaOptions options, const clock::Clock& clock);

}  // namespace touchstone::eventlog
