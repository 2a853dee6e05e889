#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/eventlog/kafka/rdkafka.h"

namespace touchstone::eventlog::transfer {

// Commits where a task kind's group stands, as nobody's member. FAILED_PRECONDITION: the group has members. Blocks for the
// broker.
absl::Status CommitPositions(const KafkaOptions& options, const std::string& kind,
                             const std::vector<kafka::TopicPartition>& positions);

}  // namespace touchstone::eventlog::transfer
