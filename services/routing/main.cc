// touchstone-routing: the routing service alone, on Kafka.

#include "common/runtime/run.h"
#include "services/process/process.h"
#include "services/routing/routing_part.h"

int main(int argc, char** argv) {
  using touchstone::process::ProcessConfig;
  return touchstone::runtime::Run<ProcessConfig>("touchstone-routing", argc, argv, touchstone::process::ReadProcessConfig,
                                                 [](touchstone::runtime::Host& host, const ProcessConfig& config) {
                                                   return touchstone::process::Serve(host, config,
                                                                                     touchstone::process::Whole::kOneService,
                                                                                     {touchstone::routing::MakeRoutingPart});
                                                 });
}
