#pragma once

#include <map>
#include <string>

#include "absl/time/time.h"

namespace touchstone::benchmarks {

// CPU time of this process's threads until now, by what they are for; of those that live, to the kernel's tick (10 ms).
// `worker` (and any thread called so), `librdkafka`, `rocksdb`, `other`.
std::map<std::string, absl::Duration> ThreadTimes();

// What memory the process holds now, in bytes; 0 where the kernel does not tell.
int64_t ResidentBytes();

}  // namespace touchstone::benchmarks
