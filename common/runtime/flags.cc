#include "common/runtime/flags.h"

#include <CLI/CLI.hpp>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/runtime/exit_code.h"
#include "common/runtime/version.h"

namespace touchstone::runtime {

std::variant<Flags, int> ParseFlags(absl::string_view program, int argc, const char* const* argv) {
  const std::string name(program);
  CLI::App app(absl::StrCat(name, " of Touchstone\n\nExample: ", name,
                            " --config touchstone.yaml --set listen=127.0.0.1:7300 --admin 127.0.0.1:9300"),
               name);
  app.set_version_flag("--version", absl::StrCat(name, " ", kVersion));
  Flags flags;
  const std::map<std::string, LogLevel> levels = {
      {"debug", LogLevel::kDebug}, {"info", LogLevel::kInfo}, {"warning", LogLevel::kWarning}, {"error", LogLevel::kError}};
  app.add_option("--config", flags.config_file, "Configuration file (YAML)")->type_name("FILE")->check(CLI::ExistingFile);
  app.add_option("--set", flags.overrides, "One setting; wins over the file; may be repeated")
      ->type_name("a.b=value")
      ->allow_extra_args(false)
      ->expected(0, kOverridesMax);
  app.add_option("--admin", flags.admin, "Where /metrics, /healthz and /readyz are; loopback only")->type_name("HOST:PORT");
  app.add_option("--log-level", flags.log_level, "debug, info, warning or error")
      ->type_name("LEVEL")
      ->transform(CLI::CheckedTransformer(levels));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? int{kExitOk} : int{kExitUsage};
  }
  return flags;
}

}  // namespace touchstone::runtime
