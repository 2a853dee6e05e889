#pragma once

#include "tools/cli/context.h"

namespace CLI {
class App;
}

namespace touchstone::cli {

// Each adds one subcommand; `app` and `context` outlive the run.
void AddSend(CLI::App& app, Context& context);
void AddImport(CLI::App& app, Context& context);
void AddReplay(CLI::App& app, Context& context);
void AddJourney(CLI::App& app, Context& context);
void AddMoments(CLI::App& app, Context& context);
void AddExplain(CLI::App& app, Context& context);
void AddDesktop(CLI::App& app, Context& context);
void AddEscalations(CLI::App& app, Context& context);
void AddOutreach(CLI::App& app, Context& context);
void AddPreferences(CLI::App& app, Context& context);
void AddStatus(CLI::App& app, Context& context);
void AddDeadLetters(CLI::App& app, Context& context);
void AddCel(CLI::App& app, Context& context);

}  // namespace touchstone::cli
