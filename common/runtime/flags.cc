#include "common/runtime/flags.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/runtime/exit_code.h"
#include "common/runtime/version.h"
#include "common/status/errors.h"
#include "common/text/nearest.h"

namespace touchstone::runtime {
namespace {

// What CLI11 found wrong, with the nearest flag where one is none.
std::string Mistake(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::ExtrasError) || app.remaining().empty()) return error.what();
  const std::string word = app.remaining().front();
  if (word[0] != '-') return absl::StrCat("'", word, "' is not expected");
  const std::string flag = word.substr(0, word.find('='));
  return absl::StrCat("there is no flag ", flag,
                      text::DidYouMean(flag, {"--config", "--set", "--admin", "--log-level", "--version", "--help"}));
}

int RefuseFlags(const std::string& program, absl::string_view why) {
  std::cerr << program << ": " << why << "\n  See " << program << " --help." << std::endl;
  return kExitUsage;
}

}  // namespace

absl::StatusOr<LogLevel> LogLevelFrom(absl::string_view word) {
  std::vector<std::string> names;
  for (const LogLevel level : {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    names.emplace_back(LogLevelName(level));
    if (word == names.back()) return level;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", word, "' is none of ", absl::StrJoin(names, ", "), text::DidYouMean(word, names)));
}

std::variant<Flags, int> ParseFlags(absl::string_view program, int argc, const char* const* argv) {
  const std::string name(program);
  CLI::App app(absl::StrCat(name, " of Touchstone\n\nExample: ", name,
                            " --config touchstone.yaml --set listen=127.0.0.1:7300 --admin 127.0.0.1:9300"),
               name);
  app.set_version_flag("--version", absl::StrCat(name, " ", kVersion));
  Flags flags;
  std::string level = "info";
  app.add_option("--config", flags.config_file, "Settings as YAML")->type_name("FILE");
  app.add_option("--set", flags.overrides, "A setting, over the file's: pack=retail; repeated")
      ->type_name("A.B=C")
      ->allow_extra_args(false)
      ->expected(1, kOverridesMax);
  app.add_option("--admin", flags.admin, "HOST:PORT, on loopback, for metrics and health; without, there is none")
      ->type_name("ADDRESS");
  app.add_option("--log-level", level, "debug, info, warning, error [info]")->type_name("LEVEL");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::Success)) return RefuseFlags(name, Mistake(app, error));
    app.exit(error);
    return int{kExitOk};
  }
  if (!flags.config_file.empty() && !std::ifstream(flags.config_file).is_open())
    return RefuseFlags(name, absl::StrCat("--config: '", flags.config_file, "' cannot be read"));
  const absl::StatusOr<LogLevel> log_level = LogLevelFrom(level);
  if (!log_level.ok()) return RefuseFlags(name, status::Annotated(log_level.status(), "--log-level").message());
  flags.log_level = *log_level;
  return flags;
}

}  // namespace touchstone::runtime
