#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/rpc/client.h"
#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "tools/cli/command_line.h"
#include "tools/cli/commands.h"
#include "tools/cli/connection.h"
#include "tools/cli/event_text.h"
#include "tools/cli/message_json.h"
#include "tools/cli/paint.h"
#include "tools/cli/text_width.h"
#include "tools/cli/time_text.h"
#include "tools/cli/zone_flag.h"
#include "touchstone/classification/v1/journey_service.grpc.pb.h"

namespace touchstone::cli {
namespace {

using classification::v1::ExplainMomentResponse;
using classification::v1::JourneyService;

struct ExplainFlags {
  std::string moment_id;
  std::string token;
  std::shared_ptr<const std::string> zone;
};

std::string Clauses(const ExplainMomentResponse& response, const Paint& paint, int width) {
  std::string text;
  for (const classification::v1::Clause& clause : response.clauses()) {
    absl::StrAppend(&text, "  ", clause.held() ? paint(Ink::kGreen, "✓ ") : paint(Ink::kRed, "✗ "),
                    paint(Ink::kBold, clause.clause()), "  ", Wrapped(clause.text(), width - 6 - Columns(clause.clause()), 6),
                    "\n");
    if (!clause.saw().empty()) absl::StrAppend(&text, "      saw ", Wrapped(clause.saw(), width - 10, 10), "\n");
  }
  return text;
}

std::string Evidence(const ExplainMomentResponse& response, absl::TimeZone zone, int width) {
  std::string text;
  for (const events::v1::Touchpoint& touchpoint : response.evidence()) {
    const std::string line =
        absl::StrCat(TimeText(touchpoint.occur_time(), zone), "  ", touchpoint.type(), "  ", TouchpointDetails(touchpoint, zone));
    absl::StrAppend(&text, "  ● ", Wrapped(line, width - 4, 4), "\n");
  }
  return text;
}

std::string Explanation(const ExplainMomentResponse& response, absl::TimeZone zone, const Terminal& terminal) {
  const Paint paint(terminal.colour);
  const events::v1::MomentOfTruth& moment = response.moment();
  std::string text = absl::StrCat(paint(InkOf(moment.polarity()), absl::StrCat("◆ ", MomentHead(moment))), "   ",
                                  moment.subject(), "   ", TimeText(moment.occur_time(), zone), "\n\n", response.words(), "\n");
  if (!moment.question().empty()) absl::StrAppend(&text, "The customer asks: ", moment.question(), "\n");
  absl::StrAppend(&text, "\nrule ", moment.rule(), " of ", moment.pack(), " ", moment.pack_version(), ", ",
                  response.rule_location(), "\n", Clauses(response, paint, terminal.width));
  absl::StrAppend(&text, "\nevidence\n", Evidence(response, zone, terminal.width));
  if (response.has_strike()) {
    absl::StrAppend(&text, "\nstrike ", StrikesText(response.strike().weight_hundredths()), " until ",
                    TimeText(response.strike().expire_time(), zone), ", incident ", response.strike().incident(), "\n");
  }
  if (!response.rule_text().empty()) {
    absl::StrAppend(&text, "\nas written\n  ",
                    absl::StrReplaceAll(absl::StripTrailingAsciiWhitespace(response.rule_text()), {{"\n", "\n  "}}), "\n");
  }
  return text;
}

absl::StatusOr<int> Explain(const ExplainFlags& flags, Context& context) {
  ASSIGN_OR_RETURN(const absl::TimeZone zone, ZoneOf(*flags.zone));
  ASSIGN_OR_RETURN(const auto stub, StubOf<JourneyService>(context));
  classification::v1::ExplainMomentRequest request;
  request.set_moment_id(flags.moment_id);
  request.set_token(flags.token);
  ASSIGN_OR_RETURN(const ExplainMomentResponse response, rpc::Call(*stub, &JourneyService::Stub::ExplainMoment, request));
  context.out << (context.json ? JsonLine(response) + "\n" : Explanation(response, zone, context.terminal)) << std::flush;
  return runtime::kExitOk;
}

}  // namespace

void AddExplain(CLI::App& app, Context& context) {
  auto flags = std::make_shared<ExplainFlags>();
  CLI::App* command = DeclareRemote(app, context,
                                    {.name = "explain",
                                     .what = "Says why a moment was found: its rule, each clause with its value, the evidence",
                                     .example = "touchstone explain customer:42~0a1b2c3d4e5f6g7h8j9k0m1n2p"},
                                    [flags, &context] { return Explain(*flags, context); });
  command->add_option("ID", flags->moment_id, "Of a moment, as `touchstone moments` shows it")->required();
  command->add_option("--token", flags->token, "Of a write, whose effects to wait for")->type_name("TOKEN");
  flags->zone = AddZoneFlag(*command);
}

}  // namespace touchstone::cli
