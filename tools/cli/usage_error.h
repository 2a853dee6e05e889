#pragma once

#include <string>

#include "absl/status/status.h"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace touchstone::cli {

// Both begin with the command as it is typed: `touchstone send: there is no flag --tpye; ...`.

// INVALID_ARGUMENT where the first words are no command of `app`, or a command that asks for one of its own and got none: which
// there are, and the nearest. Before CLI11 parses, which says of both only that a subcommand is missing.
absl::Status CheckCommands(const CLI::App& app, int argc, const char* const* argv);

// What CLI11 found wrong, with the command that it is about and, of a flag that is none, the nearest; where to read on.
std::string UsageText(const CLI::App& app, const CLI::ParseError& error);

}  // namespace touchstone::cli
