#pragma once

#include "tools/cli/context.h"

namespace CLI {
class App;
}

namespace touchstone::cli {

// `touchstone pack check | test`. Apart from the other commands because it links the journey's rules.
void AddPack(CLI::App& app, Context& context);

}  // namespace touchstone::cli
