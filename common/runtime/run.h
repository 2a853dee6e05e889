#pragma once

#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/runtime/flags.h"
#include "common/runtime/host.h"

namespace touchstone::runtime {

// Prints `program: message` to stderr where `status` is not OK, and gives the code to exit with.
int Finished(absl::string_view program, const absl::Status& status);

// The whole of a main. Reads the flags, then the configuration with `read(file, overrides)` (file is empty where none was
// named; an error of it is the user's), makes the host, opens the admin port and calls `compose(host, config)`, which puts the
// process together and ends in host.RunUntilStopped(). Returns what main returns (exit_code.h). Catches nothing.
//
//   int main(int argc, char** argv) {
//     return Run<IngestionConfig>("touchstone-ingestion", argc, argv, ReadIngestionConfig,
//                                 [](Host& host, const IngestionConfig& config) -> absl::Status {
//       ASSIGN_OR_RETURN(std::unique_ptr<EventLog> log, OpenEventLog(config.log(), host));
//       ...
//       return host.RunUntilStopped();
//     });
//   }
template <typename Config, typename Read, typename Compose>
int Run(absl::string_view program, int argc, const char* const* argv, Read read, Compose compose) {
  const std::variant<Flags, int> parsed = ParseFlags(program, argc, argv);
  if (const int* exit_code = std::get_if<int>(&parsed)) return *exit_code;
  const Flags& flags = std::get<Flags>(parsed);
  const absl::StatusOr<Config> config = read(flags.config_file, flags.overrides);
  if (!config.ok()) return Finished(program, config.status());
  Host host(program, flags);
  absl::Status status = host.OpenAdmin();
  if (status.ok()) status = compose(host, *config);
  return Finished(program, status);
}

}  // namespace touchstone::runtime
