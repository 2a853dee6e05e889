#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace touchstone::benchmarks {

// The first argument of such a process; the second is what it serves, the third its folder.
inline constexpr char kServeWord[] = "serve";

// What a process of this program may serve.
inline constexpr char kSuite[] = "suite";               // all four services on the embedded log, as `touchstone up`
inline constexpr char kIngestionOnly[] = "ingestion";   // ingestion on the embedded log, and nobody who reads it
inline constexpr char kIdle[] = "idle";                 // answers at once, and does not even look at the request
inline constexpr char kIdleParsing[] = "idle-parsing";  // answers at once, with the request parsed by the generated code

// Serves one of them on loopback until it is told to stop; prints `ready ADDRESS` when it does. `folder` keeps the log of those
// that have one. INVALID_ARGUMENT: there is no such server.
absl::Status ServeForBench(absl::string_view which, const std::string& folder);

}  // namespace touchstone::benchmarks
