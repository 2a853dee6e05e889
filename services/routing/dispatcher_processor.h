#pragma once

#include <memory>

#include "common/stream/processor.h"
#include "services/routing/domain/routing_policy.h"

namespace touchstone::routing {

inline constexpr char kDispatcherTask[] = "dispatcher";

// The dispatcher task, by pool: reads its inbox dispatch.v1; writes offers.v1 and, to the cases, cases.v1. Its pools are in
// memory beside the state. See domain/dispatcher.h for what it decides.
stream::TaskDefinition DispatcherTask(std::shared_ptr<const RoutingPolicy> policy);

}  // namespace touchstone::routing
