#include "tools/cli/usage_error.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "common/text/nearest.h"

namespace touchstone::cli {
namespace {

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string ReadOn(absl::string_view line) { return absl::StrCat("\n  See ", line, " --help."); }

// The command that was parsed last, and how it is typed.
const CLI::App& Deepest(const CLI::App& app, std::string& line) {
  const CLI::App* command = &app;
  line = app.get_name();
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    absl::StrAppend(&line, " ", command->get_name());
  }
  return *command;
}

std::vector<std::string> FlagsOf(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back(absl::StrCat("--", name));
  }
  return flags;
}

}  // namespace

absl::Status CheckCommands(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* group = &app;
  std::string line = app.get_name();
  for (int i = 1; !CommandsOf(*group).empty(); ++i) {
    std::vector<std::string> names;
    for (const CLI::App* command : CommandsOf(*group)) names.push_back(command->get_name());
    if (i >= argc)
      return absl::InvalidArgumentError(absl::StrCat(line, ": say which: ", absl::StrJoin(names, ", "), ReadOn(line)));
    if (argv[i][0] == '-') return absl::OkStatus();
    const auto found = std::find(names.begin(), names.end(), argv[i]);
    if (found == names.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat(line, ": '", argv[i], "' is no command of it", text::DidYouMean(argv[i], names), ReadOn(line)));
    }
    group = CommandsOf(*group)[static_cast<size_t>(found - names.begin())];
    absl::StrAppend(&line, " ", *found);
  }
  return absl::OkStatus();
}

std::string UsageText(const CLI::App& app, const CLI::ParseError& error) {
  std::string line;
  const CLI::App& command = Deepest(app, line);
  const std::vector<std::string> extra = app.remaining(/*recurse=*/true);
  // CLI11 takes words from the back; a value that is left over follows a flag that is none. Such a flag is told first: that one
  // is required which it was meant for says less.
  const auto flag = std::find_if(extra.begin(), extra.end(), [](const std::string& word) { return absl::StartsWith(word, "-"); });
  if (flag == extra.end()) {
    const bool extras = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError) && !extra.empty();
    absl::string_view what = error.what();
    if (absl::ConsumeSuffix(&what, " was given a disallowed flag override"))
      return absl::StrCat(line, ": --", absl::StripPrefix(what, "--"), " takes no value", ReadOn(line));
    return absl::StrCat(line, ": ", extras ? absl::StrCat("'", extra.front(), "' is not expected") : error.what(), ReadOn(line));
  }
  const std::string name = flag->substr(0, flag->find('='));
  return absl::StrCat(line, ": there is no flag ", name, text::DidYouMean(name, FlagsOf(command)), ReadOn(line));
}

}  // namespace touchstone::cli
