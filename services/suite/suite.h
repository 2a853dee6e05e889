#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "common/runtime/host.h"
#include "services/process/process.h"

namespace touchstone::suite {

// All four services in one process, on the embedded log or on Kafka, until the host is told to stop. `ready` gets the address
// once it serves. This is `touchstone up`.
absl::Status ServeSuite(runtime::Host& host, const process::ProcessConfig& config,
                        const std::function<void(const std::string& address)>& ready);

}  // namespace touchstone::suite
