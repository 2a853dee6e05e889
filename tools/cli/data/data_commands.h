#pragma once

#include "tools/cli/context.h"

namespace CLI {
class App;
}

namespace touchstone::cli {

// Commands over a data folder, on the machine it is on. Apart from the other commands because they link the embedded log.
void AddBackup(CLI::App& app, Context& context);
void AddRestore(CLI::App& app, Context& context);
void AddVerify(CLI::App& app, Context& context);
void AddExport(CLI::App& app, Context& context);

}  // namespace touchstone::cli
