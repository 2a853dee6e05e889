// What host_test starts as a process of its own: a main of ours, as small as they get.
#include <stdio.h>

#include <string>
#include <vector>

#include "common/runtime/run.h"

namespace {

struct ProgramConfig {
  bool linger = false;
};

absl::StatusOr<ProgramConfig> ReadConfig(const std::string&, const std::vector<std::string>& overrides) {
  ProgramConfig config;
  for (const std::string& setting : overrides) {
    if (setting != "linger=true") return absl::InvalidArgumentError("--set " + setting + ": unknown; there is linger=true");
    config.linger = true;
  }
  return config;
}

}  // namespace

int main(int argc, char** argv) {
  using touchstone::runtime::Host;
  return touchstone::runtime::Run<ProgramConfig>("stopping-program", argc, argv, ReadConfig,
                                                 [](Host& host, const ProgramConfig& config) -> absl::Status {
                                                   host.metrics().AddCounter("stopping_starts_total", "Starts.").Add();
                                                   printf("ready %s\n", host.admin_address().c_str());
                                                   fflush(stdout);
                                                   absl::Status status = host.RunUntilStopped();
                                                   // The second signal must end even a stop that hangs.
                                                   if (config.linger) {
                                                     printf("lingering\n");
                                                     fflush(stdout);
                                                     while (true) getchar();
                                                   }
                                                   return status;
                                                 });
}
