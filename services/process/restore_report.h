#pragma once

#include "common/eventlog/kafka/kafka_options.h"
#include "common/metrics/metrics.h"
#include "common/runtime/log.h"

namespace touchstone::process {

// Tells operators how far tasks are restored: as `restore.progress` and `restore.done` in the log, and as the gauges
// `touchstone_kafka_restore_records` and `touchstone_kafka_restored_records` by kind and partition. Thread-safe.
class RestoreReport {
 public:
  // Both outlive it.
  RestoreReport(runtime::Log& log, metrics::Metrics& metrics) : log_(log), metrics_(metrics) {}

  // For KafkaOptions::on_restore.
  void Tell(const eventlog::RestoreProgress& progress);

 private:
  runtime::Log& log_;
  metrics::Metrics& metrics_;
};

}  // namespace touchstone::process
