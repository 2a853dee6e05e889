#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "common/cel/cel.h"
#include "common/config/file_text.h"
#include "common/runtime/exit_code.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "tools/cli/command_line.h"
#include "tools/cli/commands.h"
#include "tools/cli/message_json.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::cli {
namespace {

constexpr size_t kTouchpointFileBytesMax = 16 << 20;

struct EvalFlags {
  std::string expression;
  std::string touchpoint_file;
};

// As conditions of packs see a touchpoint.
absl::StatusOr<cel::Environment> TouchpointEnvironment() {
  return cel::Environment::Builder()
      .Container("touchstone.events.v1")
      .Variable("touchpoint", cel::Type::Message(events::v1::Touchpoint::descriptor()))
      .EnumsOf(events::v1::Touchpoint::descriptor()->file())
      .Build();
}

absl::StatusOr<int> Eval(const EvalFlags& flags, Context& context) {
  events::v1::Touchpoint touchpoint;
  if (!flags.touchpoint_file.empty()) {
    const absl::StatusOr<std::string> text = config::ReadFileText(flags.touchpoint_file, kTouchpointFileBytesMax);
    if (!text.ok()) return runtime::SettingError(text.status());
    if (const absl::Status status = ParseJson(*text, touchpoint); !status.ok())
      return status::Annotated(status, flags.touchpoint_file);
  }
  ASSIGN_OR_RETURN(const cel::Environment environment, TouchpointEnvironment());
  ASSIGN_OR_RETURN(const cel::Program program, cel::Compile(environment, flags.expression));
  cel::Activation activation(environment);
  activation.Bind(0, touchpoint);
  ASSIGN_OR_RETURN(const cel::Value value, program.Evaluate(activation));
  context.out << (context.json ? cel::ToJson(value) : cel::ToString(value)) << std::endl;
  return runtime::kExitOk;
}

}  // namespace

void AddCel(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("cel", "Tries an expression of the language that packs are written in");
  command->require_subcommand(1);
  auto flags = std::make_shared<EvalFlags>();
  CLI::App* eval =
      Declare(*command, context,
              {.name = "eval",
               .what = "Prints the value of an expression over `touchpoint`, or what is wrong with it and where",
               .example = "touchstone cel eval 'touchpoint.type.startsWith(\"order.\")' --touchpoint touchpoint.json\n"
                          "touchstone cel eval 'duration(\"36h\") > duration(\"24h\")'"},
              [flags, &context] { return Eval(*flags, context); });
  eval->add_option("EXPRESSION", flags->expression)->required();
  eval->add_option("--touchpoint", flags->touchpoint_file, "What `touchpoint` stands for, as JSON [an empty one]")
      ->type_name("FILE");
}

}  // namespace touchstone::cli
