#pragma once

#include <memory>

#include "common/stream/processor.h"
#include "services/routing/domain/routing_policy.h"

namespace touchstone::routing {

inline constexpr char kCaseTask[] = "case";

// The case task, by subject: reads journey-events.v1 and its inbox cases.v1; writes escalations.v1, dispatch.v1 and, for a
// resolution, touchpoints.v1. See domain/case.h for what it decides.
stream::TaskDefinition CaseTask(std::shared_ptr<const RoutingPolicy> policy);

}  // namespace touchstone::routing
