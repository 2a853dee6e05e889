#include "tools/benchmarks/cpu_time.h"

#include <ctime>

namespace touchstone::benchmarks {
namespace {

absl::Duration Read(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return absl::DurationFromTimespec(now);
}

}  // namespace

absl::Duration ThreadCpu() { return Read(CLOCK_THREAD_CPUTIME_ID); }
absl::Duration ProcessCpu() { return Read(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace touchstone::benchmarks
