#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/rpc/client.h"
#include "common/runtime/exit_code.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "tools/cli/command_line.h"
#include "tools/cli/commands.h"
#include "tools/cli/connection.h"
#include "tools/cli/enum_word.h"
#include "tools/cli/event_text.h"
#include "tools/cli/following.h"
#include "tools/cli/message_json.h"
#include "tools/cli/name_argument.h"
#include "tools/cli/paint.h"
#include "tools/cli/table.h"
#include "tools/cli/text_width.h"
#include "tools/cli/time_text.h"
#include "tools/cli/unanswered.h"
#include "tools/cli/watch_stream.h"
#include "tools/cli/zone_flag.h"
#include "touchstone/outreach/v1/outreach_service.grpc.pb.h"

namespace touchstone::cli {
namespace {

using events::v1::Outreach;
using outreach::v1::OutreachService;
using outreach::v1::WatchOutreachesResponse;
using outreach::v1::WatchOutreachRequestsResponse;

constexpr int kPageSize = 500;

struct OutreachFlags {
  std::string id;
  std::string name;
  std::vector<std::string> statuses;
  std::string token;
  bool from_begin = false;
  std::string send_key;
  std::string status;
  std::string report_id;
  std::string detail;
  std::string occur_time = "now";
  std::shared_ptr<const std::string> zone;
};

Ink InkOfResult(events::v1::CheckResult result) {
  if (result == events::v1::CHECK_RESULT_PASSED) return Ink::kGreen;
  return result == events::v1::CHECK_RESULT_DROPPED ? Ink::kRed : Ink::kYellow;
}

std::string OutreachLine(const Outreach& outreach, absl::TimeZone zone, int width) {
  const std::string reason = outreach.reason().empty() ? "" : absl::StrCat("  ", outreach.reason());
  return Fitted(absl::StrCat(TimeText(outreach.update_time(), zone), "  ", outreach.subject(), "  ", outreach.play(), "/",
                             outreach.step(), "  ", WordOf(outreach.status()), "  ", outreach.id(), reason),
                width);
}

// Why it stands so: each check with what it saw.
std::string OutreachCard(const Outreach& outreach, absl::TimeZone zone, const Terminal& terminal) {
  const Paint paint(terminal.colour);
  std::string text =
      absl::StrCat(paint(Ink::kBold, outreach.subject()), "   ", outreach.play(), "/", outreach.step(), "   ",
                   WordOf(outreach.outreach_class()), "   ", WordOf(outreach.status()),
                   outreach.reason().empty() ? "" : absl::StrCat(": ", outreach.reason()), "\n  ", outreach.id(), "\n");
  if (outreach.has_hold_until_time()) absl::StrAppend(&text, "  until ", TimeText(outreach.hold_until_time(), zone), "\n");
  if (outreach.has_moment()) {
    absl::StrAppend(&text, "  ◆ ",
                    Wrapped(absl::StrCat(MomentHead(outreach.moment()), ": ", outreach.moment().says()), terminal.width - 4, 4),
                    "\n");
  }
  for (const events::v1::OutreachCheck& check : outreach.checks()) {
    absl::StrAppend(&text, "  ", paint(InkOfResult(check.result()), Padded(WordOf(check.result()), 8)), " ",
                    Padded(check.check(), 16), " ", Wrapped(check.saw(), std::max(20, terminal.width - 28), 28), "\n");
  }
  for (const events::v1::DeliveryReport& report : outreach.reports()) {
    absl::StrAppend(&text, "  ● ", TimeText(report.occur_time(), zone), "  ", WordOf(report.status()), "  ", report.detail(),
                    "\n");
  }
  return text;
}

std::string RequestText(const events::v1::OutreachRequest& request, absl::TimeZone zone, int width) {
  return absl::StrCat(TimeText(request.request_time(), zone), "  ", WordOf(request.contact_point().channel()), " to ",
                      Fitted(request.contact_point().address(), kUnboundedWidth), "  ", WordOf(request.outreach_class()), "\n  ",
                      Wrapped(request.title(), width - 2, 2), "\n  ", Wrapped(request.body(), width - 2, 2), "\n  send key ",
                      request.send_key());
}

absl::StatusOr<int> List(const OutreachFlags& flags, Context& context) {
  ASSIGN_OR_RETURN(const absl::TimeZone zone, ZoneOf(*flags.zone));
  outreach::v1::ListOutreachesRequest request;
  request.set_page_size(kPageSize);
  for (const std::string& word : flags.statuses) {
    ASSIGN_OR_RETURN(const events::v1::OutreachStatus status, ParseWord<events::v1::OutreachStatus>("--status", word));
    request.add_statuses(status);
  }
  if (!flags.name.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_name(), NameArgument("--name", flags.name));
  }
  ASSIGN_OR_RETURN(const auto stub, StubOf<OutreachService>(context));
  Unanswered unanswered;
  Table table({"id", "play", "status", "channel", "since", "why"});
  do {
    ASSIGN_OR_RETURN(const outreach::v1::ListOutreachesResponse response,
                     rpc::Call(*stub, &OutreachService::Stub::ListOutreaches, request));
    for (const Outreach& outreach : response.outreaches()) {
      if (context.json) context.out << JsonLine(outreach) << "\n";
      table.Add({outreach.id(), absl::StrCat(outreach.play(), "/", outreach.step()), WordOf(outreach.status()),
                 WordOf(outreach.channel()), TimeText(outreach.create_time(), zone), outreach.reason()});
    }
    unanswered.Add(response.unanswered());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (!context.json) context.out << (table.empty() ? NothingOf("outreach", flags.name) : table.Render(context.terminal.width));
  context.out << std::flush;
  return unanswered.Finish(context.err);
}

absl::StatusOr<int> Get(const OutreachFlags& flags, Context& context) {
  ASSIGN_OR_RETURN(const absl::TimeZone zone, ZoneOf(*flags.zone));
  ASSIGN_OR_RETURN(const auto stub, StubOf<OutreachService>(context));
  outreach::v1::GetOutreachRequest request;
  request.set_outreach_id(flags.id);
  request.set_token(flags.token);
  ASSIGN_OR_RETURN(const outreach::v1::GetOutreachResponse response,
                   rpc::Call(*stub, &OutreachService::Stub::GetOutreach, request));
  context.out << (context.json ? JsonLine(response.outreach()) + "\n" : OutreachCard(response.outreach(), zone, context.terminal))
              << std::flush;
  return runtime::kExitOk;
}

absl::StatusOr<int> Watch(const OutreachFlags& flags, Context& context) {
  ASSIGN_OR_RETURN(const absl::TimeZone zone, ZoneOf(*flags.zone));
  ASSIGN_OR_RETURN(const auto stub, StubOf<OutreachService>(context));
  const auto prepare = [&](grpc::ClientContext* call, grpc::CompletionQueue* queue, const std::string& resume_token) {
    outreach::v1::WatchOutreachesRequest request;
    request.set_resume_token(resume_token);
    return stub->PrepareAsyncWatchOutreaches(call, request, queue);
  };
  SayFollowing("changes of all outreaches", flags.from_begin, context);
  const auto print = [&](const WatchOutreachesResponse& response) {
    if (!response.has_outreach()) return;
    context.out << (context.json ? JsonLine(response.outreach())
                                 : OutreachLine(response.outreach(), zone, context.terminal.width))
                << std::endl;
  };
  RETURN_IF_ERROR(ReadWatch<WatchOutreachesResponse>(prepare, flags.from_begin ? kFromBegin : "", absl::InfiniteDuration(), print,
                                                     [&context] { SayLost(context); }));
  return runtime::kExitOk;
}

absl::StatusOr<int> WatchRequests(const OutreachFlags& flags, Context& context) {
  ASSIGN_OR_RETURN(const absl::TimeZone zone, ZoneOf(*flags.zone));
  ASSIGN_OR_RETURN(const auto stub, StubOf<OutreachService>(context));
  const auto prepare = [&](grpc::ClientContext* call, grpc::CompletionQueue* queue, const std::string& resume_token) {
    outreach::v1::WatchOutreachRequestsRequest request;
    request.set_resume_token(resume_token);
    return stub->PrepareAsyncWatchOutreachRequests(call, request, queue);
  };
  SayFollowing("what is to be sent", flags.from_begin, context);
  const auto print = [&](const WatchOutreachRequestsResponse& response) {
    if (!response.has_request()) return;
    context.out << (context.json ? JsonLine(response.request()) : RequestText(response.request(), zone, context.terminal.width))
                << std::endl;
  };
  RETURN_IF_ERROR(ReadWatch<WatchOutreachRequestsResponse>(prepare, flags.from_begin ? kFromBegin : "", absl::InfiniteDuration(),
                                                           print, [&context] { SayLost(context); }));
  return runtime::kExitOk;
}

absl::StatusOr<int> Report(const OutreachFlags& flags, Context& context) {
  outreach::v1::ReportDeliveryRequest request;
  events::v1::DeliveryReport& report = *request.mutable_report();
  report.set_report_id(flags.report_id.empty() ? context.new_id() : flags.report_id);
  report.set_send_key(flags.send_key);
  report.set_detail(flags.detail);
  ASSIGN_OR_RETURN(const events::v1::DeliveryStatus status, ParseWord<events::v1::DeliveryStatus>("--status", flags.status));
  report.set_status(status);
  const absl::StatusOr<absl::Time> occur_time = ParseTime(flags.occur_time, context.clock.Now());
  if (!occur_time.ok()) return status::Annotated(occur_time.status(), "--occur-time");
  *report.mutable_occur_time() = clock::ToProto(*occur_time);
  ASSIGN_OR_RETURN(const auto stub, StubOf<OutreachService>(context));
  ASSIGN_OR_RETURN(const outreach::v1::ReportDeliveryResponse response,
                   rpc::Call(*stub, &OutreachService::Stub::ReportDelivery, request));
  context.out << (context.json ? JsonLine(response) : absl::StrCat("taken\ntoken ", response.token())) << std::endl;
  return runtime::kExitOk;
}

void AddReport(CLI::App& group, const std::shared_ptr<OutreachFlags>& flags, Context& context) {
  CLI::App* report = DeclareRemote(group, context,
                                   {.name = "report",
                                    .what = "Reports what became of a send",
                                    .example = "touchstone outreach report --send-key KEY --status delivered"},
                                   [flags, &context] { return Report(*flags, context); });
  report->add_option("--send-key", flags->send_key, "Of the request")->required()->type_name("KEY");
  report
      ->add_option("--status", flags->status, "accepted, delivered, bounced, opened, clicked, answered, complained, unsubscribed")
      ->required()
      ->type_name("STATUS");
  report->add_option("--report-id", flags->report_id, "A repeat with the same changes nothing [a new one]")->type_name("ID");
  report->add_option("--detail", flags->detail, "The sender's own word")->type_name("TEXT");
  report->add_option("--occur-time", flags->occur_time, "RFC 3339, or relative: -5m [now]")->type_name("TIME");
}

}  // namespace

void AddOutreach(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("outreach", "What plays decided to say to customers: list, get, watch, requests, report");
  group->require_subcommand(1);
  auto flags = std::make_shared<OutreachFlags>();
  CLI::App* list = DeclareRemote(
      *group, context, {.name = "list", .what = "Lists outreaches", .example = "touchstone outreach list --status held"},
      [flags, &context] { return List(*flags, context); });
  list->add_option("--status", flags->statuses,
                   "waiting, held, intended, requested, accepted, delivered, bounced, dropped; repeated")
      ->type_name("STATUS");
  list->add_option("--name", flags->name, "Only this customer's")->type_name("NAME");
  CLI::App* get = DeclareRemote(
      *group, context,
      {.name = "get", .what = "Shows one outreach, each check with what it saw", .example = "touchstone outreach get ID"},
      [flags, &context] { return Get(*flags, context); });
  get->add_option("ID", flags->id)->required();
  get->add_option("--token", flags->token, "Of a write, whose effects to wait for")->type_name("TOKEN");
  CLI::App* watch = DeclareRemote(
      *group, context,
      {.name = "watch", .what = "Shows changes as they happen, until Ctrl-C", .example = "touchstone outreach watch"},
      [flags, &context] { return Watch(*flags, context); });
  CLI::App* requests = DeclareRemote(*group, context,
                                     {.name = "requests",
                                      .what = "Shows what a sender must do, as it comes, until Ctrl-C",
                                      .example = "touchstone outreach requests --from-begin --json"},
                                     [flags, &context] { return WatchRequests(*flags, context); });
  AddReport(*group, flags, context);
  auto zone = std::make_shared<std::string>(kDefaultZone);
  flags->zone = zone;
  for (CLI::App* command : {watch, requests})
    command->add_flag("--from-begin", flags->from_begin, "From the oldest that is kept");
  for (CLI::App* command : {list, get, watch, requests}) ShareZoneFlag(*command, zone);
}

}  // namespace touchstone::cli
