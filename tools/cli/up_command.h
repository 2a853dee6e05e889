#ifndef TOUCHSTONE_TOOLS_CLI_UP_COMMAND_H_
#define TOUCHSTONE_TOOLS_CLI_UP_COMMAND_H_

#include "tools/cli/context.h"

namespace CLI {
class App;
}

namespace touchstone::cli {

// `touchstone up`: the suite itself. Apart from the other commands because it links all services.
void AddUp(CLI::App& app, Context& context);

}  // namespace touchstone::cli

#endif  // TOUCHSTONE_TOOLS_CLI_UP_COMMAND_H_
