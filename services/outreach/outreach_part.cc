#include "services/outreach/outreach_part.h"

#include <utility>

#include "common/status/macros.h"
#include "services/outreach/gate_processor.h"
#include "services/outreach/outreach_list.h"
#include "services/outreach/outreach_service.h"
#include "services/outreach/planner_processor.h"
#include "services/outreach/policy_loader.h"
#include "services/outreach/preference_service.h"

namespace touchstone::outreach {
namespace {

class OutreachPart : public process::Part {
 public:
  OutreachPart(const process::Surroundings& surroundings, OutreachPolicy policy)
      : surroundings_(surroundings), policy_(std::move(policy)) {}

  std::vector<stream::TaskDefinition> Tasks() override {
    stream::TaskDefinition planner = PlannerTask(policy_.planner);
    planner.queries = {OutreachesQuery()};
    return {planner, GateTask(policy_.gate)};
  }

  absl::Status AddTo(rpc::Server& server, stream::TaskReader& tasks) override {
    const CallContext calls{surroundings_.log, tasks, server.pump(), surroundings_.clock, surroundings_.secret};
    server.Add(v1::OutreachService::service_full_name(), std::make_unique<OutreachService>(calls));
    server.Add(v1::PreferenceService::service_full_name(), std::make_unique<PreferenceService>(calls));
    return absl::OkStatus();
  }

 private:
  const process::Surroundings surroundings_;
  const OutreachPolicy policy_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<process::Part>> MakeOutreachPart(const process::Surroundings& surroundings) {
  ASSIGN_OR_RETURN(OutreachPolicy policy, LoadOutreachPolicy(surroundings.pack_folders));
  return std::unique_ptr<process::Part>(std::make_unique<OutreachPart>(surroundings, std::move(policy)));
}

}  // namespace touchstone::outreach
