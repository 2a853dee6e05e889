#ifndef TOUCHSTONE_TOOLS_CLI_PACK_COMMAND_H_
#define TOUCHSTONE_TOOLS_CLI_PACK_COMMAND_H_

#include "tools/cli/context.h"

namespace CLI {
class App;
}

namespace touchstone::cli {

// `touchstone pack check | test`. Apart from the other commands because it links the journey's rules.
void AddPack(CLI::App& app, Context& context);

}  // namespace touchstone::cli

#endif  // TOUCHSTONE_TOOLS_CLI_PACK_COMMAND_H_
