#include "tests/simulation/suite_tasks.h"

#include <string>
#include <utility>

#include "common/eventlog/topics_manifest.h"
#include "common/status/invariant.h"
#include "services/classification/journey_processor.h"
#include "services/classification/pack_loader.h"
#include "services/outreach/gate_processor.h"
#include "services/outreach/planner_processor.h"
#include "services/outreach/policy_loader.h"
#include "services/routing/case_processor.h"
#include "services/routing/dispatcher_processor.h"
#include "services/routing/policy_loader.h"
#include "tests/simulation/probe_task.h"

namespace touchstone::simulation {
namespace {

namespace events = touchstone::events::v1;

template <typename T>
T Loaded(absl::StatusOr<T> loaded) {
  INVARIANT(loaded.ok(), loaded.status().ToString());
  return *std::move(loaded);
}

// Caps of one send of any class: a few customers never come to the packs' own.
outreach::OutreachPolicy WithTightCaps(const outreach::OutreachPolicy& shipped) {
  auto planner = std::make_shared<outreach::PlannerPolicy>(*shipped.planner);
  auto gate = std::make_shared<outreach::GatePolicy>(*shipped.gate);
  for (outreach::RollingCap* cap : {&planner->subject_cap, &gate->address_cap}) {
    cap->at_most = 1;
    cap->classes = {events::OUTREACH_CLASS_SERVICE, events::OUTREACH_CLASS_RECOVERY, events::OUTREACH_CLASS_FEEDBACK,
                    events::OUTREACH_CLASS_MARKETING};
  }
  return {std::move(planner), std::move(gate)};
}

}  // namespace

std::shared_ptr<const classification::Pack> SuitePack() {
  static const auto& pack = *new auto(Loaded(classification::LoadPack("deploy/packs/retail")));
  return pack;
}

std::vector<stream::TaskDefinition> SuiteTasks() {
  static const std::vector<std::string> folders = {"deploy/packs/core", "deploy/packs/retail"};
  static const auto& routing =
      *new auto(std::make_shared<const routing::RoutingPolicy>(Loaded(routing::LoadRoutingPolicy(folders))));
  static const auto& outreach = *new auto(WithTightCaps(Loaded(outreach::LoadOutreachPolicy(folders))));
  return {classification::JourneyTask(SuitePack()), routing::CaseTask(routing), routing::DispatcherTask(routing),
          outreach::PlannerTask(outreach.planner), outreach::GateTask(outreach.gate)};
}

eventlog::TopicCatalog SuiteTopics(int partitions) {
  static const auto& manifest = *new auto(Loaded(eventlog::ReadTopicsManifest("deploy/topics.yaml")));
  std::vector<eventlog::TopicSpec> topics = manifest.catalog.topics();
  for (const char* name : {kProbeAsks, kProbeAnswers, kProbeOut, kProbeInbox}) topics.push_back({name, partitions});
  return eventlog::TopicCatalog(std::move(topics)).WithPartitions(partitions);
}

}  // namespace touchstone::simulation
