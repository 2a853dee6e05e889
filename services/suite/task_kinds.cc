#include "services/suite/task_kinds.h"

#include "services/classification/journey_processor.h"
#include "services/outreach/gate_processor.h"
#include "services/outreach/planner_processor.h"
#include "services/routing/case_processor.h"
#include "services/routing/dispatcher_processor.h"

namespace touchstone::suite {

std::vector<eventlog::TaskKind> TaskKinds() {
  // What a task reads rests on no pack and no policy.
  return {classification::JourneyTask(nullptr).kind, routing::CaseTask(nullptr).kind, routing::DispatcherTask(nullptr).kind,
          outreach::PlannerTask(nullptr).kind, outreach::GateTask(nullptr).kind};
}

}  // namespace touchstone::suite
