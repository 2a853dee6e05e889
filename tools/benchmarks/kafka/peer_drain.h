#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "tools/benchmarks/kafka/peer_cluster.h"
#include "tools/benchmarks/kafka/peer_workers.h"

namespace touchstone::benchmarks {

// A topic's records drained once.
struct Drain {
  // Since every worker had its tasks.
  double records_per_s = 0;
  // Of the whole process since then, and by its threads' purposes: seconds a million records.
  double cpu_s = 0;
  std::map<std::string, double> threads_cpu_s;
  double resident_mb = 0;
  // Of all workers, whole: with what came before that.
  Stages stages;
};

// Drains `input`, which has so many partitions, by tasks `name`, whose topics it makes; then compares with the model. Errors as
// PeerCluster::Check and PeerWorkers.
absl::StatusOr<Drain> DrainOnce(const PeerCluster& cluster, const std::string& name, const std::string& input, int partitions,
                                int workers, PeerModel& model);

}  // namespace touchstone::benchmarks
