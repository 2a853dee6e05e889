#include "tools/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/rpc/grpc_log.h"
#include "common/runtime/exit_code.h"
#include "common/runtime/version.h"
#include "common/status/macros.h"
#include "common/text/utf8.h"
#include "tools/cli/commands.h"
#include "tools/cli/usage_error.h"

namespace touchstone::cli {
namespace {

constexpr char kDescription[] = "Touchstone: every touchpoint is rubbed on it, and what shows is the moment of truth.";
constexpr char kFooter[] =
    "Names are written customer:42, email:a@b.c. Exit codes: 0 done, 1 failed, 2 wrong flag, file or value, 3 nothing listens\n"
    "or no answer in time, 4 the suite does not have what was asked for.";

// In the order in which they are listed.
constexpr AddCommand kCommands[] = {AddSend,    AddImport,      AddReplay,      AddJourney,  AddMoments,
                                    AddExplain, AddDesktop,     AddEscalations, AddOutreach, AddPreferences,
                                    AddStatus,  AddDeadLetters, AddCel};

// gRPC says nothing of a call that a server does not have.
constexpr char kUnknownCall[] = "the suite does not have this call: compare `touchstone --version` with `touchstone status`";

int PrintError(const absl::Status& status, Context& context) {
  const bool unknown_call = absl::IsUnimplemented(status) && status.message().empty();
  context.err << "touchstone: " << (unknown_call ? kUnknownCall : status.message()) << std::endl;
  return runtime::ExitCodeOf(status);
}

// What CLI11 throws is either an answer (--help) or a mistake.
int Ended(const CLI::App& app, const CLI::ParseError& error, Context& context) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error, context.out, context.err);
  context.err << UsageText(app, error) << std::endl;
  return runtime::kExitUsage;
}

// What is sent is text: protobuf drops other bytes, and complains of them where users read. Names of files may be any bytes.
absl::Status CheckText(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_name();
    if (absl::StrContains(name, "FILE") || absl::StrContains(option->get_type_name(), "FILE")) continue;
    for (const std::string& value : option->results()) {
      if (!text::IsValidUtf8(value)) return absl::InvalidArgumentError(absl::StrCat(name, ": is not valid UTF-8"));
    }
  }
  return absl::OkStatus();
}

CLI::App* DeclareAny(CLI::App& app, Context& context, const Description& description, std::function<absl::StatusOr<int>()> run) {
  CLI::App* command = app.add_subcommand(description.name, description.what);
  command->footer(absl::StrCat("Example:\n  ", absl::StrReplaceAll(description.example, {{"\n", "\n  "}})));
  command->add_flag("--json", context.json, "Print JSON, one object a line");
  command->callback([&context, run = std::move(run)] { context.run = run; });
  return command;
}

}  // namespace

CLI::App* Declare(CLI::App& app, Context& context, const Description& description, std::function<absl::StatusOr<int>()> run) {
  return DeclareAny(app, context, description, [run = std::move(run)]() -> absl::StatusOr<int> {
    absl::StatusOr<int> code = run();
    if (!code.ok()) return runtime::SettingError(code.status());
    return code;
  });
}

CLI::App* DeclareRemote(CLI::App& app, Context& context, const Description& description,
                        std::function<absl::StatusOr<int>()> run) {
  auto declared = std::make_shared<CLI::App*>();
  CLI::App* command = DeclareAny(app, context, description, [declared, run = std::move(run)]() -> absl::StatusOr<int> {
    RETURN_IF_ERROR(CheckText(**declared));
    // What gRPC has to say beside its statuses is not for users.
    const rpc::GrpcLog silent(nullptr);
    return run();
  });
  *declared = command;
  command
      ->add_option("--address", context.address,
                   absl::StrCat("HOST:PORT or unix:PATH of the suite [$TOUCHSTONE_ADDRESS, or ", kDefaultAddress, "]"))
      ->type_name("ADDRESS");
  return command;
}

int RunCommandLine(int argc, const char* const* argv, Context& context, absl::Span<const AddCommand> heavy) {
  // Not by CLI11, which asks the environment for every command's flag and so lets it win over the one that was given.
  const char* address = std::getenv("TOUCHSTONE_ADDRESS");
  context.address = address == nullptr || *address == '\0' ? kDefaultAddress : address;
  CLI::App app(kDescription, "touchstone");
  app.option_defaults()->disable_flag_override();
  app.footer(kFooter);
  app.set_version_flag("--version", absl::StrCat("touchstone ", runtime::kVersion));
  app.require_subcommand(1);
  for (const AddCommand add : heavy) add(app, context);
  for (const AddCommand add : kCommands) add(app, context);
  if (const absl::Status status = CheckCommands(app, argc, argv); !status.ok()) {
    context.err << status.message() << std::endl;
    return runtime::ExitCodeOf(status);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Ended(app, error, context);
  }
  const absl::StatusOr<int> code = context.run();
  return code.ok() ? *code : PrintError(code.status(), context);
}

}  // namespace touchstone::cli
