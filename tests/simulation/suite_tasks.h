#pragma once

#include <memory>
#include <vector>

#include "common/eventlog/topic_catalog.h"
#include "common/stream/processor.h"
#include "services/classification/domain/pack.h"

namespace touchstone::simulation {

// The pack that worlds live by.
std::shared_ptr<const classification::Pack> SuitePack();

// The whole suite's tasks as the retail pack sets them up. Reads deploy/packs, once a process.
std::vector<stream::TaskDefinition> SuiteTasks();

// All topics of deploy/topics.yaml, and those of the probes.
eventlog::TopicCatalog SuiteTopics(int partitions);

}  // namespace touchstone::simulation
