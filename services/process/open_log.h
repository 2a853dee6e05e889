#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/metrics/metrics.h"
#include "common/names/name_secret.h"
#include "common/runtime/log.h"
#include "common/stream/processor.h"
#include "services/process/process.h"

namespace touchstone::process {

// The log that the configuration names. Blocks until it is recovered or its brokers have answered. `clock`, `log`, which is
// told what a broker's client has to say and how restores go on, and `metrics` outlive it. FAILED_PRECONDITION also where topics
// of a cluster do not keep what the manifest declares: as `touchstone topics check` says.
absl::StatusOr<std::unique_ptr<eventlog::EventLog>> OpenLog(const ProcessConfig& config, const clock::Clock& clock,
                                                            runtime::Log& log, metrics::Metrics& metrics);

// Topics that a task reads together have the same partition count on a cluster.
absl::Status CheckTasks(const ProcessConfig& config, const std::vector<stream::TaskDefinition>& tasks,
                        const eventlog::TopicCatalog& topics);

// The secret of the deployment: from the file that is named, or the embedded folder's own.
absl::StatusOr<names::NameSecret> OpenSecret(const ProcessConfig& config);

// Where the log keeps its data.
std::string DataFolder(const ProcessConfig& config);

}  // namespace touchstone::process
