#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/benchmarks/suite_under_load.h"
#include "tools/benchmarks/task_cost.h"

namespace touchstone::benchmarks {

// The measurements. Each adds its sections to the bench's report; an error: something did not work at all.

// Unary and streamed ingest of the suite beside servers that do nothing, round by round in turns; what is streamed is followed
// until it is processed. `server_cpu` gets the suite's CPU time of each touchpoint of the streamed rounds. Leaves the suite
// running, with journeys in it.
absl::Status MeasureIngest(const Bench& bench, Server& suite, absl::Duration& server_cpu);

// From a touchpoint to its moment, at a steady pace.
absl::Status MeasureMoments(const Bench& bench, const Server& suite);

// Kills the suite while it is under load, and starts it again, some times.
absl::Status MeasureRestart(const Bench& bench, Server& suite);

// Fills the suite with so many journeys of ten touchpoints; what that takes of memory and disk, and of time to start again after
// kill -9. Not part of a run of all: a million takes a quarter of an hour.
absl::Status MeasureJourneys(const Bench& bench, Server& suite, int64_t journeys);

// Writes, bytes and CPU time of a touchpoint, in this process. `server_cpu` as above, zero where it is not known: what the list
// does not explain of it is gRPC's.
absl::Status MeasureCosts(const Bench& bench, absl::Duration server_cpu);

}  // namespace touchstone::benchmarks
