#ifndef TOUCHSTONE_TOOLS_CLI_COMMANDS_H_
#define TOUCHSTONE_TOOLS_CLI_COMMANDS_H_

#include "tools/cli/context.h"

namespace CLI {
class App;
}

namespace touchstone::cli {

// Each adds one subcommand; `app` and `context` outlive the run.
void AddSend(CLI::App& app, Context& context);
void AddJourney(CLI::App& app, Context& context);
void AddMoments(CLI::App& app, Context& context);
void AddExplain(CLI::App& app, Context& context);
void AddStatus(CLI::App& app, Context& context);
void AddDeadLetters(CLI::App& app, Context& context);

}  // namespace touchstone::cli

#endif  // TOUCHSTONE_TOOLS_CLI_COMMANDS_H_
