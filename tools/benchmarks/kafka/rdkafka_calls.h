#pragma once

#include "tools/benchmarks/kafka/spent.h"

namespace touchstone::benchmarks {

// The calls of librdkafka that a commit consists of, as the calling thread made them. The linker leads them through here
// (--wrap, in CMakeLists.txt): the log itself knows nothing of it.
struct RdkafkaCalls {
  // Of rd_kafka_produceva. Estimated from a part.
  Spent produce;
  // Of rd_kafka_send_offsets_to_transaction.
  Spent send_positions;
  // Of rd_kafka_commit_transaction: waits for what was produced, then for the coordinator.
  Spent commit_transaction;

  static RdkafkaCalls& OfThisThread();
};

}  // namespace touchstone::benchmarks
