#include "tools/benchmarks/kafka/rdkafka_calls.h"

#include <librdkafka/rdkafka.h>

namespace touchstone::benchmarks {

RdkafkaCalls& RdkafkaCalls::OfThisThread() {
  static thread_local RdkafkaCalls calls;
  return calls;
}

}  // namespace touchstone::benchmarks

// The names are the linker's.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {

rd_kafka_error_t* __real_rd_kafka_produceva(rd_kafka_t* handle, const rd_kafka_vu_t* units, size_t count);
rd_kafka_error_t* __real_rd_kafka_send_offsets_to_transaction(rd_kafka_t* handle, const rd_kafka_topic_partition_list_t* offsets,
                                                              const rd_kafka_consumer_group_metadata_t* group, int timeout_ms);
rd_kafka_error_t* __real_rd_kafka_commit_transaction(rd_kafka_t* handle, int timeout_ms);

rd_kafka_error_t* __wrap_rd_kafka_produceva(rd_kafka_t* handle, const rd_kafka_vu_t* units, size_t count) {
  using touchstone::benchmarks::kTimedOnceIn;
  static thread_local int64_t calls = 0;
  if (calls++ % kTimedOnceIn != 0) return __real_rd_kafka_produceva(handle, units, count);
  const touchstone::benchmarks::Stopwatch watch;
  rd_kafka_error_t* error = __real_rd_kafka_produceva(handle, units, count);
  touchstone::benchmarks::RdkafkaCalls::OfThisThread().produce += watch.LapFor(kTimedOnceIn);
  return error;
}

rd_kafka_error_t* __wrap_rd_kafka_send_offsets_to_transaction(rd_kafka_t* handle, const rd_kafka_topic_partition_list_t* offsets,
                                                              const rd_kafka_consumer_group_metadata_t* group, int timeout_ms) {
  const touchstone::benchmarks::Stopwatch watch;
  rd_kafka_error_t* error = __real_rd_kafka_send_offsets_to_transaction(handle, offsets, group, timeout_ms);
  touchstone::benchmarks::RdkafkaCalls::OfThisThread().send_positions += watch.Lap();
  return error;
}

rd_kafka_error_t* __wrap_rd_kafka_commit_transaction(rd_kafka_t* handle, int timeout_ms) {
  const touchstone::benchmarks::Stopwatch watch;
  rd_kafka_error_t* error = __real_rd_kafka_commit_transaction(handle, timeout_ms);
  touchstone::benchmarks::RdkafkaCalls::OfThisThread().commit_transaction += watch.Lap();
  return error;
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
