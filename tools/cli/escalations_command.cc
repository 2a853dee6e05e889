#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/client.h"
#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "tools/cli/command_line.h"
#include "tools/cli/commands.h"
#include "tools/cli/connection.h"
#include "tools/cli/enum_word.h"
#include "tools/cli/escalation_text.h"
#include "tools/cli/following.h"
#include "tools/cli/message_json.h"
#include "tools/cli/name_argument.h"
#include "tools/cli/table.h"
#include "tools/cli/text_width.h"
#include "tools/cli/time_text.h"
#include "tools/cli/unanswered.h"
#include "tools/cli/watch_stream.h"
#include "tools/cli/zone_flag.h"
#include "touchstone/routing/v1/escalation_service.grpc.pb.h"

namespace touchstone::cli {
namespace {

using events::v1::Escalation;
using routing::v1::EscalationService;
using routing::v1::WatchEscalationsResponse;

constexpr int kPageSize = 500;

struct EscalationsFlags {
  std::string id;
  std::string name;
  std::vector<std::string> statuses;
  std::vector<std::string> skills;
  std::string reason;
  std::string actor;
  std::string request_id;
  std::string token;
  int severity = 50;
  bool from_begin = false;
  std::shared_ptr<const std::string> zone;
};

absl::StatusOr<int> PrintOne(const Escalation& escalation, const std::string& token, const EscalationsFlags& flags,
                             Context& context) {
  ASSIGN_OR_RETURN(const absl::TimeZone zone, ZoneOf(*flags.zone));
  if (context.json) {
    context.out << JsonLine(escalation) << std::endl;
    return runtime::kExitOk;
  }
  context.out << EscalationCard(escalation, zone, Paint(context.terminal.colour), context.terminal.width);
  if (!token.empty()) context.out << "token " << token << "\n";
  context.out << std::flush;
  return runtime::kExitOk;
}

absl::StatusOr<int> List(const EscalationsFlags& flags, Context& context) {
  ASSIGN_OR_RETURN(const absl::TimeZone zone, ZoneOf(*flags.zone));
  routing::v1::ListEscalationsRequest request;
  request.set_page_size(kPageSize);
  for (const std::string& word : flags.statuses) {
    ASSIGN_OR_RETURN(const events::v1::EscalationStatus status, ParseWord<events::v1::EscalationStatus>("--status", word));
    request.add_statuses(status);
  }
  if (!flags.name.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_name(), NameArgument("--name", flags.name));
  }
  ASSIGN_OR_RETURN(const auto stub, StubOf<EscalationService>(context));
  Unanswered unanswered;
  Table table({"id", "status", "severity", "agent", "since", "change"});
  do {
    ASSIGN_OR_RETURN(const routing::v1::ListEscalationsResponse response,
                     rpc::Call(*stub, &EscalationService::Stub::ListEscalations, request));
    for (const Escalation& escalation : response.escalations()) {
      if (context.json) context.out << JsonLine(escalation) << "\n";
      table.Add({escalation.id(), WordOf(escalation.status()), absl::StrCat(escalation.severity()), escalation.agent_id(),
                 TimeText(escalation.create_time(), zone), escalation.change()});
    }
    unanswered.Add(response.unanswered());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (!context.json) context.out << (table.empty() ? NothingOf("escalations", flags.name) : table.Render(context.terminal.width));
  context.out << std::flush;
  return unanswered.Finish(context.err);
}

absl::StatusOr<int> Get(const EscalationsFlags& flags, Context& context) {
  ASSIGN_OR_RETURN(const auto stub, StubOf<EscalationService>(context));
  routing::v1::GetEscalationRequest request;
  request.set_escalation_id(flags.id);
  request.set_token(flags.token);
  ASSIGN_OR_RETURN(const routing::v1::GetEscalationResponse response,
                   rpc::Call(*stub, &EscalationService::Stub::GetEscalation, request));
  return PrintOne(response.escalation(), "", flags, context);
}

// What the suite keeps as it is: a bare word would later not say whether it was a person.
absl::Status CheckActor(const std::string& actor) {
  const size_t colon = actor.find(':');
  if (colon != std::string::npos && colon > 0 && colon + 1 < actor.size()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--actor: '", Fitted(actor, 60), "' does not say what it is: write agent:ana, or system:crm"));
}

absl::StatusOr<int> Create(const EscalationsFlags& flags, Context& context) {
  routing::v1::CreateEscalationRequest request;
  request.set_request_id(flags.request_id.empty() ? context.new_id() : flags.request_id);
  ASSIGN_OR_RETURN(*request.mutable_name(), NameArgument("--name", flags.name));
  request.set_severity(flags.severity);
  request.mutable_skills()->Assign(flags.skills.begin(), flags.skills.end());
  request.set_reason(flags.reason);
  RETURN_IF_ERROR(CheckActor(flags.actor));
  request.set_actor(flags.actor);
  ASSIGN_OR_RETURN(const auto stub, StubOf<EscalationService>(context));
  ASSIGN_OR_RETURN(const routing::v1::CreateEscalationResponse response,
                   rpc::Call(*stub, &EscalationService::Stub::CreateEscalation, request));
  return PrintOne(response.escalation(), response.token(), flags, context);
}

absl::StatusOr<int> Cancel(const EscalationsFlags& flags, Context& context) {
  routing::v1::CancelEscalationRequest request;
  request.set_request_id(flags.request_id.empty() ? context.new_id() : flags.request_id);
  request.set_escalation_id(flags.id);
  RETURN_IF_ERROR(CheckActor(flags.actor));
  request.set_actor(flags.actor);
  request.set_reason(flags.reason);
  ASSIGN_OR_RETURN(const auto stub, StubOf<EscalationService>(context));
  ASSIGN_OR_RETURN(const routing::v1::CancelEscalationResponse response,
                   rpc::Call(*stub, &EscalationService::Stub::CancelEscalation, request));
  return PrintOne(response.escalation(), response.token(), flags, context);
}

absl::StatusOr<int> Watch(const EscalationsFlags& flags, Context& context) {
  ASSIGN_OR_RETURN(const absl::TimeZone zone, ZoneOf(*flags.zone));
  ASSIGN_OR_RETURN(const auto stub, StubOf<EscalationService>(context));
  routing::v1::WatchEscalationsRequest request;
  request.set_escalation_id(flags.id);
  const auto prepare = [&](grpc::ClientContext* call, grpc::CompletionQueue* queue, const std::string& resume_token) {
    request.set_resume_token(resume_token);
    return stub->PrepareAsyncWatchEscalations(call, request, queue);
  };
  SayFollowing(flags.id.empty() ? "changes of all escalations" : absl::StrCat("changes of escalation ", flags.id),
               flags.from_begin, context);
  const auto print = [&](const WatchEscalationsResponse& response) {
    if (!response.has_escalation()) return;
    context.out << (context.json ? JsonLine(response.escalation())
                                 : EscalationLine(response.escalation(), zone, context.terminal.width))
                << std::endl;
  };
  RETURN_IF_ERROR(ReadWatch<WatchEscalationsResponse>(prepare, flags.from_begin ? kFromBegin : "", absl::InfiniteDuration(),
                                                      print, [&context] { SayLost(context); }));
  return runtime::kExitOk;
}

void AddWriteFlags(CLI::App& command, EscalationsFlags& flags) {
  command.add_option("--reason", flags.reason, "Why, in words")->required()->type_name("TEXT");
  command.add_option("--actor", flags.actor, "Who asks: agent:ana")->required()->type_name("ACTOR");
  command.add_option("--request-id", flags.request_id, "A repeat with the same changes nothing [a new one]")->type_name("ID");
}

CLI::App* AddCreate(CLI::App& group, const std::shared_ptr<EscalationsFlags>& flags, Context& context) {
  CLI::App* create =
      DeclareRemote(group, context,
                    {.name = "create",
                     .what = "Opens an escalation, or raises the customer's open one",
                     .example = "touchstone escalations create --name customer:42 --severity 80 --reason 'asked for "
                                "a call' --actor agent:ana"},
                    [flags, &context] { return Create(*flags, context); });
  create->add_option("--name", flags->name, "Whose journey it concerns")->required()->type_name("NAME");
  create->add_option("--severity", flags->severity, "1 to 100 [50]")->type_name("N");
  create->add_option("--skill", flags->skills, "What the agent must know; repeated")->type_name("SKILL");
  AddWriteFlags(*create, *flags);
  return create;
}

CLI::App* AddCancel(CLI::App& group, const std::shared_ptr<EscalationsFlags>& flags, Context& context) {
  CLI::App* cancel = DeclareRemote(group, context,
                                   {.name = "cancel",
                                    .what = "Cancels an open escalation",
                                    .example = "touchstone escalations cancel ID --reason 'a duplicate' --actor agent:ana"},
                                   [flags, &context] { return Cancel(*flags, context); });
  cancel->add_option("ID", flags->id)->required();
  AddWriteFlags(*cancel, *flags);
  return cancel;
}

}  // namespace

void AddEscalations(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("escalations", "Requests that a person act: list, get, create, cancel, watch");
  group->require_subcommand(1);
  auto flags = std::make_shared<EscalationsFlags>();
  CLI::App* list = DeclareRemote(
      *group, context,
      {.name = "list", .what = "Lists escalations", .example = "touchstone escalations list --status queued --status assigned"},
      [flags, &context] { return List(*flags, context); });
  list->add_option("--status", flags->statuses, "queued, offered, assigned, resolved, cancelled; repeated")->type_name("STATUS");
  list->add_option("--name", flags->name, "Only this customer's")->type_name("NAME");
  CLI::App* get =
      DeclareRemote(*group, context, {.name = "get", .what = "Shows one escalation", .example = "touchstone escalations get ID"},
                    [flags, &context] { return Get(*flags, context); });
  get->add_option("ID", flags->id)->required();
  get->add_option("--token", flags->token, "Of a write, whose effects to wait for")->type_name("TOKEN");
  CLI::App* create = AddCreate(*group, flags, context);
  CLI::App* cancel = AddCancel(*group, flags, context);
  CLI::App* watch = DeclareRemote(*group, context,
                                  {.name = "watch",
                                   .what = "Shows changes as they happen, until Ctrl-C",
                                   .example = "touchstone escalations watch --from-begin"},
                                  [flags, &context] { return Watch(*flags, context); });
  watch->add_option("--id", flags->id, "Only this one's")->type_name("ID");
  watch->add_flag("--from-begin", flags->from_begin, "From the oldest change that is kept");
  auto zone = std::make_shared<std::string>(kDefaultZone);
  flags->zone = zone;
  for (CLI::App* command : {list, get, create, cancel, watch}) ShareZoneFlag(*command, zone);
}

}  // namespace touchstone::cli
