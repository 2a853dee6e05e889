#include <CLI/CLI.hpp>
#include <istream>
#include <memory>
#include <ostream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "common/clock/proto_time.h"
#include "common/rpc/client.h"
#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "tools/cli/command_line.h"
#include "tools/cli/commands.h"
#include "tools/cli/connection.h"
#include "tools/cli/enum_word.h"
#include "tools/cli/field_path.h"
#include "tools/cli/ingest_stream.h"
#include "tools/cli/message_json.h"
#include "tools/cli/pause.h"
#include "tools/cli/touchpoint_flags.h"
#include "touchstone/ingestion/v1/ingestion_service.grpc.pb.h"

namespace touchstone::cli {
namespace {

using events::v1::Touchpoint;
using ingestion::v1::IngestionService;

absl::StatusOr<int> SendOne(TouchpointFlags flags, Context& context) {
  if (flags.names.empty()) return absl::InvalidArgumentError("--name: is required: whose touchpoint is it? As in customer:42");
  if (flags.id.empty()) flags.id = context.new_id();
  ingestion::v1::IngestTouchpointRequest request;
  ASSIGN_OR_RETURN(*request.mutable_touchpoint(), TouchpointOf(flags, context.clock.Now()));
  ASSIGN_OR_RETURN(const auto stub, StubOf<IngestionService>(context));
  const absl::StatusOr<ingestion::v1::IngestTouchpointResponse> response =
      rpc::Call(*stub, &IngestionService::Stub::IngestTouchpoint, request);
  if (!response.ok()) return WithoutPath(response.status(), "touchpoint");
  if (context.json) {
    // Source and id first: who let the command make an id has it from nowhere else.
    Touchpoint taken;
    taken.set_source(flags.source);
    taken.set_id(flags.id);
    const std::string as = JsonLine(taken);
    context.out << absl::string_view(as).substr(0, as.size() - 1) << "," << absl::string_view(JsonLine(*response)).substr(1)
                << std::endl;
  } else {
    context.out << "taken as " << flags.source << " " << flags.id << "\ntoken " << response->token() << std::endl;
  }
  return runtime::kExitOk;
}

// What a line leaves out.
struct LineDefaults {
  std::string source;
  events::v1::Channel channel;
};

// Touchpoints as JSON, one a line. What has no id gets one, what has no time is now; source and channel are as with flags.
absl::StatusOr<Touchpoint> ParseLine(const std::string& line, const LineDefaults& defaults, Context& context) {
  Touchpoint touchpoint;
  RETURN_IF_ERROR(ParseJson(line, touchpoint));
  if (touchpoint.source().empty()) touchpoint.set_source(defaults.source);
  if (touchpoint.channel() == events::v1::CHANNEL_UNSPECIFIED) touchpoint.set_channel(defaults.channel);
  if (touchpoint.id().empty()) touchpoint.set_id(context.new_id());
  if (!touchpoint.has_occur_time()) *touchpoint.mutable_occur_time() = clock::ToProto(context.clock.Now());
  return touchpoint;
}

absl::StatusOr<int> SendLines(const TouchpointFlags& flags, Context& context) {
  LineDefaults defaults{.source = flags.source};
  ASSIGN_OR_RETURN(defaults.channel, ParseWord<events::v1::Channel>("--channel", flags.channel));
  ASSIGN_OR_RETURN(const auto stub, StubOf<IngestionService>(context));
  int64_t unreadable = 0;
  const auto refuse = [&context](int64_t line, const absl::Status& why) {
    context.err << "line " << line << ": " << why.message() << std::endl;
  };
  IngestStream stream(*stub, Pause, refuse);
  std::string line;
  for (int64_t number = 1; std::getline(context.in, line); ++number) {
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    absl::StatusOr<Touchpoint> touchpoint = ParseLine(line, defaults, context);
    if (touchpoint.ok()) {
      RETURN_IF_ERROR(stream.Send(*std::move(touchpoint), number));
    } else {
      ++unreadable;
      refuse(number, touchpoint.status());
    }
    // Nothing more is there yet: who types or follows a file sees now what became of it.
    if (context.in.rdbuf()->in_avail() <= 0) RETURN_IF_ERROR(stream.Flush());
  }
  RETURN_IF_ERROR(stream.Flush());
  if (context.in.bad()) {
    return absl::DataLossError(absl::StrCat("stdin cannot be read: is it a file or a pipe? ", stream.accepted(),
                                            " touchpoints are taken; send it again, what has an id is not taken twice"));
  }
  const int64_t failed = stream.rejected() + unreadable;
  context.out << absl::Substitute(context.json ? R"({"accepted":$0,"rejected":$1})" : "$0 taken, $1 refused", stream.accepted(),
                                  failed)
              << std::endl;
  return failed == 0 ? runtime::kExitOk : runtime::kExitFailed;
}

// Without --type the touchpoints are on stdin: a flag that says something of one touchpoint alone was meant for one.
absl::Status CheckLineFlags(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_name();
    const bool shared = name == "--source" || name == "--channel" || name == "--address" || name == "--json";
    if (option->count() > 0 && !shared)
      return absl::InvalidArgumentError(absl::StrCat("--type: is required where ", name, " is given"));
  }
  return absl::OkStatus();
}

void AddOptions(CLI::App& command, TouchpointFlags& flags) {
  command.add_option("--type", flags.type, "What it is, in dotted words")->type_name("TYPE");
  command.add_option("--name", flags.names, "Who: KIND:VALUE; repeat it for more names of the same person")->type_name("NAME");
  command.add_option("--id", flags.id, "Unique within the source; the same again, with the same time, is dropped [a new one]")
      ->type_name("ID");
  command.add_option("--source", flags.source, "The system that states it [touchstone.cli]")->type_name("SOURCE");
  command.add_option("--channel", flags.channel, "web, phone, email, chat, social, ... [system]")->type_name("CHANNEL");
  command.add_option("--direction", flags.direction, "inbound, outbound, external [inbound]")->type_name("DIRECTION");
  command.add_option("--occur-time", flags.occur_time, "RFC 3339, or relative to now: -3d, -1h30m [now]")->type_name("TIME");
  command.add_option("--text", flags.text, "What was said or written")->type_name("TEXT");
  command.add_option("--language", flags.language, "Of the text: pt-BR")->type_name("TAG");
  command.add_option("--sentiment", flags.sentiment, "-1 (bad) to 1 (good)")->type_name("NUMBER");
  command.add_option("--stars", flags.stars, "Of a review, 1 to 5")->type_name("N");
  command.add_option("--nps", flags.nps, "0 to 10")->type_name("N");
  command.add_option("--csat", flags.csat, "1 to 5")->type_name("N");
  command.add_option("--ces", flags.ces, "1 to 7")->type_name("N");
  command.add_option("--outcome", flags.outcome, "succeeded, failed, abandoned, pending")->type_name("OUTCOME");
  command.add_option("--topic", flags.topic, "What it was about")->type_name("TOPIC");
  command.add_option("--promise", flags.promise, "WHAT=TIME, relative to its occur time: delivery=+3d")->type_name("PROMISE");
  command.add_option("--money", flags.money, "'59.90 EUR'")->type_name("MONEY");
  command.add_option("--attribute", flags.attributes, "KEY=VALUE, repeated")->type_name("ATTRIBUTE");
  for (const char* kind : {"order", "contact", "case", "session", "campaign", "content"}) {
    command
        .add_option_function<std::string>(
            absl::StrCat("--", kind),
            [&flags, kind](const std::string& id) { flags.correlations.push_back(absl::StrCat(kind, "=", id)); },
            absl::StrCat("The ", kind, " it belongs to"))
        ->type_name("ID");
  }
}

}  // namespace

void AddSend(CLI::App& app, Context& context) {
  auto flags = std::make_shared<TouchpointFlags>();
  auto described = std::make_shared<CLI::App*>();
  CLI::App* command = DeclareRemote(
      app, context,
      {.name = "send",
       .what =
           "Sends one touchpoint; without --type JSON lines from stdin, to which --source and --channel give what they leave out",
       .example = "touchstone send --type order.purchased --name customer:42 --channel web --order A --promise delivery=+3d\n"
                  "touchstone send --source shop --channel web < touchpoints.jsonl"},
      [flags, described, &context]() -> absl::StatusOr<int> {
        if (!flags->type.empty()) return SendOne(*flags, context);
        RETURN_IF_ERROR(CheckLineFlags(**described));
        return SendLines(*flags, context);
      });
  *described = command;
  AddOptions(*command, *flags);
}

}  // namespace touchstone::cli
