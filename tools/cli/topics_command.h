#pragma once

#include "tools/cli/context.h"

namespace CLI {
class App;
}

namespace touchstone::cli {

// `touchstone topics list | plan | apply`. Apart from the other commands because it links the Kafka client.
void AddTopics(CLI::App& app, Context& context);

}  // namespace touchstone::cli
