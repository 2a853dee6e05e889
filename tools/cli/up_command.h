#pragma once

#include "tools/cli/context.h"

namespace CLI {
class App;
}

namespace touchstone::cli {

// `touchstone up`: the suite itself. Apart from the other commands because it links all services.
void AddUp(CLI::App& app, Context& context);

}  // namespace touchstone::cli
