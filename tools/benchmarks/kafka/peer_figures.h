#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/benchmarks/kafka/peer_cluster.h"
#include "tools/benchmarks/report.h"

namespace touchstone::benchmarks {

// Drains a topic of 8 partitions that was filled before, with one worker and with two, `rounds` times each in turns; and says
// where the time goes. What comes out is compared with a model each time: DATA_LOSS where it differs.
absl::Status MeasureDrain(const PeerCluster& cluster, int64_t records, int rounds, Report& report);

// Feeds 5,000 records a second for `span` with a linger of 5 ms; from when each was due until its output is read.
absl::Status MeasureLatency(const PeerCluster& cluster, absl::Duration span, Report& report);

// CPU time of a million records with 4, 16 and 64 partitions, with one worker and with two.
absl::Status MeasureGrowth(const PeerCluster& cluster, int64_t records, int rounds, Report& report);

}  // namespace touchstone::benchmarks
