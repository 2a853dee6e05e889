#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/eventlog/kafka/rdkafka.h"

namespace touchstone::eventlog::kafka {

// Options for one request of librdkafka's admin API, which any handle may make.
Owned<rd_kafka_AdminOptions_t> AdminOptions(rd_kafka_t* handle, rd_kafka_admin_op_t operation, absl::Duration timeout);

// The answer to the one request that was put to `queue`; blocks up to `timeout`, which is the request's. `doing` begins errors.
absl::StatusOr<Owned<rd_kafka_event_t>> AwaitAnswer(rd_kafka_queue_t* queue, absl::Duration timeout, absl::string_view doing);

}  // namespace touchstone::eventlog::kafka
