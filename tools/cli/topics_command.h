#ifndef TOUCHSTONE_TOOLS_CLI_TOPICS_COMMAND_H_
#define TOUCHSTONE_TOOLS_CLI_TOPICS_COMMAND_H_

#include "tools/cli/context.h"

namespace CLI {
class App;
}

namespace touchstone::cli {

// `touchstone topics list | plan | apply`. Apart from the other commands because it links the Kafka client.
void AddTopics(CLI::App& app, Context& context);

}  // namespace touchstone::cli

#endif  // TOUCHSTONE_TOOLS_CLI_TOPICS_COMMAND_H_
