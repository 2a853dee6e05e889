// touchstone-outreach: the outreach service alone, on Kafka.

#include "common/runtime/run.h"
#include "services/outreach/outreach_part.h"
#include "services/process/process.h"

int main(int argc, char** argv) {
  using touchstone::process::ProcessConfig;
  return touchstone::runtime::Run<ProcessConfig>("touchstone-outreach", argc, argv, touchstone::process::ReadProcessConfig,
                                                 [](touchstone::runtime::Host& host, const ProcessConfig& config) {
                                                   return touchstone::process::Serve(host, config,
                                                                                     touchstone::process::Whole::kOneService,
                                                                                     {touchstone::outreach::MakeOutreachPart});
                                                 });
}
