#pragma once

#include "absl/time/time.h"

namespace touchstone::benchmarks {

// CPU time of the calling thread, and of this whole process: what a machine that others use too does not change.
absl::Duration ThreadCpu();
absl::Duration ProcessCpu();

}  // namespace touchstone::benchmarks
