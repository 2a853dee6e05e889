#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "common/rpc/client.h"
#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "tools/cli/command_line.h"
#include "tools/cli/commands.h"
#include "tools/cli/connection.h"
#include "tools/cli/journey_map.h"
#include "tools/cli/message_json.h"
#include "tools/cli/name_argument.h"
#include "tools/cli/zone_flag.h"
#include "touchstone/classification/v1/journey_service.grpc.pb.h"

namespace touchstone::cli {
namespace {

using classification::v1::JourneyService;

struct JourneyFlags {
  std::string name;
  std::string token;
  std::shared_ptr<const std::string> zone;
};

absl::StatusOr<int> ShowJourney(const JourneyFlags& flags, Context& context) {
  MapStyle style{.width = context.terminal.width, .colour = context.terminal.colour, .zone_name = *flags.zone};
  ASSIGN_OR_RETURN(style.zone, ZoneOf(*flags.zone));
  classification::v1::GetJourneyRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), NameArgument("NAME", flags.name));
  request.set_token(flags.token);
  ASSIGN_OR_RETURN(const auto stub, StubOf<JourneyService>(context));
  ASSIGN_OR_RETURN(const classification::v1::GetJourneyResponse response,
                   rpc::Call(*stub, &JourneyService::Stub::GetJourney, request));
  if (context.json) {
    context.out << JsonLine(response.journey()) << std::endl;
  } else {
    context.out << JourneyMap(flags.name, response.journey(), style) << std::flush;
  }
  return runtime::kExitOk;
}

}  // namespace

void AddJourney(CLI::App& app, Context& context) {
  auto flags = std::make_shared<JourneyFlags>();
  CLI::App* command = DeclareRemote(app, context,
                                    {.name = "journey",
                                     .what = "Shows one customer's journey as a map",
                                     .example = "touchstone journey customer:42 --zone Europe/Berlin"},
                                    [flags, &context] { return ShowJourney(*flags, context); });
  command->add_option("NAME", flags->name, "Who: customer:42, email:a@b.c")->required();
  command->add_option("--token", flags->token, "Of a write, whose effects to wait for")->type_name("TOKEN");
  flags->zone = AddZoneFlag(*command);
}

}  // namespace touchstone::cli
