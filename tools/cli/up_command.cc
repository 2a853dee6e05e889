#include "tools/cli/up_command.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/runtime/exit_code.h"
#include "common/runtime/host.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "services/process/process.h"
#include "services/suite/suite.h"
#include "tools/cli/command_line.h"

namespace touchstone::cli {
namespace {

struct UpFlags {
  std::string data_dir;
  std::string listen;
  std::string log_level = "info";
  runtime::Flags runtime;
};

// An empty value comes of a variable that is not set: taking the default for it would serve another folder than was meant.
std::string SomeText(const std::string& value) { return value.empty() ? "is empty; leave the flag out for its default" : ""; }

absl::Status Serve(UpFlags flags, Context& context) {
  const absl::StatusOr<runtime::LogLevel> level = runtime::LogLevelFrom(flags.log_level);
  if (!level.ok()) return status::Annotated(level.status(), "--log-level");
  flags.runtime.log_level = *level;
  if (!flags.data_dir.empty()) flags.runtime.overrides.push_back(absl::StrCat("embedded.data_dir=", flags.data_dir));
  if (!flags.listen.empty()) flags.runtime.overrides.push_back(absl::StrCat("listen=", flags.listen));
  ASSIGN_OR_RETURN(const process::ProcessConfig config,
                   process::ReadProcessConfig(flags.runtime.config_file, flags.runtime.overrides));
  runtime::Host host("touchstone", flags.runtime);
  RETURN_IF_ERROR(host.OpenAdmin());
  const auto ready = [&context](const std::string& address) {
    context.out << (context.json ? nlohmann::json{{"ready", address}}.dump() : "ready " + address) << std::endl;
  };
  return suite::ServeSuite(host, config, ready);
}

}  // namespace

void AddUp(CLI::App& app, Context& context) {
  auto flags = std::make_shared<UpFlags>();
  CLI::App* command =
      Declare(app, context,
              {.name = "up",
               .what = "Runs the whole suite in this process, until Ctrl-C; prints `ready ADDRESS` once it serves",
               .example = "touchstone up --data-dir var/touchstone --listen 127.0.0.1:7300 --admin 127.0.0.1:7301"},
              [flags, &context]() -> absl::StatusOr<int> {
                RETURN_IF_ERROR(Serve(*flags, context));
                return runtime::kExitOk;
              });
  command->add_option("--data-dir", flags->data_dir, "Where the embedded log is kept [var/touchstone]")
      ->type_name("DIR")
      ->check(SomeText);
  command->add_option("--listen", flags->listen, "HOST:PORT or unix:PATH; port 0: a free one [127.0.0.1:7300]")
      ->type_name("ADDRESS")
      ->check(SomeText);
  command->add_option("--config", flags->runtime.config_file, "Settings as YAML")->type_name("FILE")->check(SomeText);
  command->add_option("--set", flags->runtime.overrides, "A setting, over the file's: pack=retail; repeated")->type_name("A.B=C");
  command->add_option("--admin", flags->runtime.admin, "HOST:PORT for metrics and health; without, there is none")
      ->type_name("ADDRESS")
      ->check(SomeText);
  command->add_option("--log-level", flags->log_level, "debug, info, warning, error [info]")->type_name("LEVEL");
}

}  // namespace touchstone::cli
