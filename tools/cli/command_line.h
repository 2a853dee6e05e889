#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/cli/context.h"

namespace CLI {
class App;
}

namespace touchstone::cli {

inline constexpr char kDefaultAddress[] = "127.0.0.1:7300";

// How a command is shown in --help.
struct Description {
  std::string name;
  std::string what;
  // One or more command lines that work.
  std::string example;
};

// A subcommand with --json and --help; the caller adds its own flags. `run` is called once all flags are known. It asks no suite:
// what is not there is a file that was named, and exits as a wrong value does.
CLI::App* Declare(CLI::App& app, Context& context, const Description& description, std::function<absl::StatusOr<int>()> run);

// The same with --address: for commands that talk to a suite.
CLI::App* DeclareRemote(CLI::App& app, Context& context, const Description& description,
                        std::function<absl::StatusOr<int>()> run);

// Adds one subcommand; both outlive the run.
using AddCommand = void (*)(CLI::App& app, Context& context);

// Parses and runs `touchstone ARGS...`, `heavy` being the commands that link more than a client does. Returns the exit code
// (common/runtime/exit_code.h). Errors are lines on context.err.
int RunCommandLine(int argc, const char* const* argv, Context& context, absl::Span<const AddCommand> heavy = {});

}  // namespace touchstone::cli
