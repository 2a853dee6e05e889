#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace touchstone::ids {

// The murmur2 of Kafka's Java client (org.apache.kafka.common.utils.Utils), bit for bit.
int32_t Murmur2(absl::string_view bytes);

// The partition that Kafka's Java clients, and librdkafka's `murmur2_random`, choose for a key: ours and others' writers
// agree. `partition_count` is above zero.
int PartitionFor(absl::string_view key, int partition_count);

}  // namespace touchstone::ids
