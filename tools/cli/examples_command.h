#pragma once

#include "tools/cli/context.h"

namespace CLI {
class App;
}

namespace touchstone::cli {

// `touchstone examples`: the customers written for a pack, as touchpoints that end now. `app` and `context` outlive the run.
void AddExamples(CLI::App& app, Context& context);

}  // namespace touchstone::cli
