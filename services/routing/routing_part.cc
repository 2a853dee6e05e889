#include "services/routing/routing_part.h"

#include <utility>

#include "common/status/macros.h"
#include "services/routing/case_processor.h"
#include "services/routing/desktop_service.h"
#include "services/routing/dispatcher_processor.h"
#include "services/routing/escalation_list.h"
#include "services/routing/escalation_service.h"
#include "services/routing/policy_loader.h"

namespace touchstone::routing {
namespace {

class RoutingPart : public process::Part {
 public:
  RoutingPart(const process::Surroundings& surroundings, RoutingPolicy policy)
      : surroundings_(surroundings), policy_(std::make_shared<const RoutingPolicy>(std::move(policy))) {}

  std::vector<stream::TaskDefinition> Tasks() override {
    stream::TaskDefinition cases = CaseTask(policy_);
    cases.queries = {EscalationsQuery()};
    return {cases, DispatcherTask(policy_)};
  }

  absl::Status AddTo(rpc::Server& server, stream::TaskReader& tasks) override {
    const process::Surroundings& s = surroundings_;
    server.Add(v1::EscalationService::service_full_name(),
               std::make_unique<EscalationService>(s.log, tasks, s.clock, s.secret, server.pump()));
    ASSIGN_OR_RETURN(std::unique_ptr<DesktopService> desktops,
                     DesktopService::Create(s.log, s.clock, server.pump(), s.instance, policy_->pool));
    server.Add(v1::DesktopService::service_full_name(), std::move(desktops));
    return absl::OkStatus();
  }

 private:
  const process::Surroundings surroundings_;
  const std::shared_ptr<const RoutingPolicy> policy_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<process::Part>> MakeRoutingPart(const process::Surroundings& surroundings) {
  ASSIGN_OR_RETURN(RoutingPolicy policy, LoadRoutingPolicy(surroundings.pack_folders));
  return std::unique_ptr<process::Part>(std::make_unique<RoutingPart>(surroundings, std::move(policy)));
}

}  // namespace touchstone::routing
