#ifndef TOUCHSTONE_TOOLS_CLI_EXAMPLES_COMMAND_H_
#define TOUCHSTONE_TOOLS_CLI_EXAMPLES_COMMAND_H_

#include "tools/cli/context.h"

namespace CLI {
class App;
}

namespace touchstone::cli {

// `touchstone examples`: the customers written for a pack, as touchpoints that end now. `app` and `context` outlive the run.
void AddExamples(CLI::App& app, Context& context);

}  // namespace touchstone::cli

#endif  // TOUCHSTONE_TOOLS_CLI_EXAMPLES_COMMAND_H_
