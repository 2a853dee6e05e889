#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/clock/proto_time.h"
#include "common/rpc/client.h"
#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "tools/cli/command_line.h"
#include "tools/cli/commands.h"
#include "tools/cli/connection.h"
#include "tools/cli/enum_word.h"
#include "tools/cli/event_text.h"
#include "tools/cli/following.h"
#include "tools/cli/journey_event_line.h"
#include "tools/cli/message_json.h"
#include "tools/cli/name_argument.h"
#include "tools/cli/table.h"
#include "tools/cli/time_text.h"
#include "tools/cli/watch_stream.h"
#include "tools/cli/zone_flag.h"
#include "touchstone/classification/v1/journey_service.grpc.pb.h"

namespace touchstone::cli {
namespace {

using classification::v1::JourneyService;
using classification::v1::WatchJourneyEventsRequest;
using classification::v1::WatchJourneyEventsResponse;
using events::v1::MomentOfTruth;

constexpr int kPageSize = 500;

struct MomentsFlags {
  bool follow = false;
  bool from_begin = false;
  std::string name;
  std::vector<std::string> kinds;
  std::string token;
  std::shared_ptr<const std::string> zone;
};

absl::StatusOr<std::vector<events::v1::MomentKind>> KindsOf(const MomentsFlags& flags) {
  std::vector<events::v1::MomentKind> kinds;
  for (const std::string& word : flags.kinds) {
    ASSIGN_OR_RETURN(const events::v1::MomentKind kind, ParseWord<events::v1::MomentKind>("--kind", word));
    kinds.push_back(kind);
  }
  return kinds;
}

// In order of time.
void SortByTime(std::vector<MomentOfTruth>& moments) {
  std::stable_sort(moments.begin(), moments.end(), [](const MomentOfTruth& a, const MomentOfTruth& b) {
    return clock::TimeFrom(a.occur_time()) < clock::TimeFrom(b.occur_time());
  });
}

void PrintMoments(const std::vector<MomentOfTruth>& moments, const std::string& name, absl::TimeZone zone, Context& context) {
  Table table({"time", "moment", "id", "says"});
  for (const MomentOfTruth& moment : moments) {
    if (context.json) {
      context.out << JsonLine(moment) << "\n";
    } else {
      table.Add({TimeText(moment.occur_time(), zone), MomentHead(moment), moment.id(), moment.says()});
    }
  }
  if (!context.json) context.out << (table.empty() ? NothingOf("moments", name) : table.Render(context.terminal.width));
  context.out << std::flush;
}

// One customer's, as the journey holds them now.
absl::Status ListOne(const MomentsFlags& flags, JourneyService::Stub& stub, std::vector<MomentOfTruth>& moments) {
  ASSIGN_OR_RETURN(const std::vector<events::v1::MomentKind> kinds, KindsOf(flags));
  classification::v1::ListMomentsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), NameArgument("--name", flags.name));
  request.set_page_size(kPageSize);
  request.set_token(flags.token);
  do {
    ASSIGN_OR_RETURN(classification::v1::ListMomentsResponse response,
                     rpc::Call(stub, &JourneyService::Stub::ListMoments, request));
    for (MomentOfTruth& moment : *response.mutable_moments()) {
      if (kinds.empty() || std::find(kinds.begin(), kinds.end(), moment.kind()) != kinds.end())
        moments.push_back(std::move(moment));
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

absl::StatusOr<WatchJourneyEventsRequest> WatchRequest(const MomentsFlags& flags) {
  WatchJourneyEventsRequest request;
  if (!flags.name.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_name(), NameArgument("--name", flags.name));
  }
  ASSIGN_OR_RETURN(const std::vector<events::v1::MomentKind> kinds, KindsOf(flags));
  request.mutable_moment_kinds()->Assign(kinds.begin(), kinds.end());
  return request;
}

absl::Status Watch(JourneyService::Stub& stub, WatchJourneyEventsRequest request, const std::string& from, absl::Duration silence,
                   Context& context, absl::FunctionRef<void(const WatchJourneyEventsResponse&)> on_message) {
  const auto prepare = [&](grpc::ClientContext* context, grpc::CompletionQueue* queue, const std::string& resume_token) {
    request.set_resume_token(resume_token);
    return stub.PrepareAsyncWatchJourneyEvents(context, request, queue);
  };
  return ReadWatch<WatchJourneyEventsResponse>(prepare, from, silence, on_message, [&context] { SayLost(context); });
}

// Everybody's: the facts that are kept, applied in their order.
absl::Status ListAll(const MomentsFlags& flags, JourneyService::Stub& stub, Context& context,
                     std::vector<MomentOfTruth>& moments) {
  ASSIGN_OR_RETURN(WatchJourneyEventsRequest request, WatchRequest(flags));
  std::map<std::string, MomentOfTruth> by_id;
  RETURN_IF_ERROR(
      Watch(stub, std::move(request), kFromBegin, kSilence, context, [&by_id](const WatchJourneyEventsResponse& response) {
        const events::v1::JourneyEvent& event = response.event();
        if (event.has_moment_found()) by_id[event.moment_found().moment().id()] = event.moment_found().moment();
        if (event.has_moment_changed()) by_id[event.moment_changed().moment().id()] = event.moment_changed().moment();
        if (event.has_moment_moved_in()) by_id[event.moment_moved_in().moment().id()] = event.moment_moved_in().moment();
        if (event.has_moment_withdrawn()) by_id.erase(event.moment_withdrawn().moment().id());
      }));
  for (auto& [id, moment] : by_id) moments.push_back(std::move(moment));
  return absl::OkStatus();
}

// `moments of kind third of customer:42`.
std::string Followed(const MomentsFlags& flags) {
  const std::string whose = flags.name.empty() ? "all customers" : flags.name;
  if (flags.kinds.empty()) return absl::StrCat("what is concluded of ", whose);
  return absl::StrCat("moments of kind ", absl::StrJoin(flags.kinds, ", "), " of ", whose);
}

absl::Status FollowAll(const MomentsFlags& flags, JourneyService::Stub& stub, absl::TimeZone zone, Context& context) {
  ASSIGN_OR_RETURN(WatchJourneyEventsRequest request, WatchRequest(flags));
  SayFollowing(Followed(flags), flags.from_begin, context);
  const Paint paint(context.terminal.colour);
  return Watch(stub, std::move(request), flags.from_begin ? kFromBegin : "", absl::InfiniteDuration(), context,
               [&](const WatchJourneyEventsResponse& response) {
                 if (!response.has_event()) return;
                 context.out << (context.json ? JsonLine(response.event())
                                              : JourneyEventLine(response.event(), zone, paint, context.terminal.width))
                             << std::endl;
               });
}

absl::StatusOr<int> Moments(const MomentsFlags& flags, Context& context) {
  ASSIGN_OR_RETURN(const absl::TimeZone zone, ZoneOf(*flags.zone));
  RETURN_IF_ERROR(KindsOf(flags).status());
  if (flags.from_begin && !flags.follow) return absl::InvalidArgumentError("--from-begin: goes with --follow only");
  if (!flags.token.empty() && (flags.follow || flags.name.empty()))
    return absl::InvalidArgumentError("--token: goes with --name, and not with --follow");
  ASSIGN_OR_RETURN(const auto stub, StubOf<JourneyService>(context));
  if (flags.follow) {
    RETURN_IF_ERROR(FollowAll(flags, *stub, zone, context));
    return runtime::kExitOk;
  }
  std::vector<MomentOfTruth> moments;
  RETURN_IF_ERROR(flags.name.empty() ? ListAll(flags, *stub, context, moments) : ListOne(flags, *stub, moments));
  SortByTime(moments);
  PrintMoments(moments, flags.name, zone, context);
  return runtime::kExitOk;
}

}  // namespace

void AddMoments(CLI::App& app, Context& context) {
  auto flags = std::make_shared<MomentsFlags>();
  CLI::App* command = DeclareRemote(app, context,
                                    {.name = "moments",
                                     .what = "Lists moments of truth, or shows them as they are found",
                                     .example = "touchstone moments --name customer:42\n"
                                                "touchstone moments --follow --kind interim --kind third"},
                                    [flags, &context] { return Moments(*flags, context); });
  command->add_flag("--follow", flags->follow, "Show what is concluded from now on, until Ctrl-C");
  command->add_flag("--from-begin", flags->from_begin, "With --follow: from the oldest fact that is kept");
  command->add_option("--name", flags->name, "Only this customer's")->type_name("NAME");
  command->add_option("--kind", flags->kinds, "less-than-zero, zero, first, second, interim, third, ultimate; repeated")
      ->type_name("KIND");
  command->add_option("--token", flags->token, "With --name: of a write, whose effects to wait for")->type_name("TOKEN");
  flags->zone = AddZoneFlag(*command);
}

}  // namespace touchstone::cli
