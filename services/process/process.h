#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/runtime/host.h"
#include "services/process/part.h"
#include "touchstone/process/config/v1/process_config.pb.h"

namespace touchstone::process {

using config::v1::ProcessConfig;

// The configuration in `file` (empty: none), overridden, with its defaults. INVALID_ARGUMENT says file, line and column.
absl::StatusOr<ProcessConfig> ReadProcessConfig(const std::string& file, const std::vector<std::string>& overrides);

enum class Whole {
  // All four services: any log will do.
  kSuite,
  // One service: it shares its topics with other processes, and so needs Kafka.
  kOneService,
};

// Opens the log, runs the parts' tasks, answers their calls, and ends when the host is told to stop. `ready` is called with
// the address once it serves.
absl::Status Serve(runtime::Host& host, const ProcessConfig& config, Whole whole, const std::vector<MakePart>& parts,
                   const std::function<void(const std::string& address)>& ready = nullptr);

}  // namespace touchstone::process
