#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/rpc/client.h"
#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "tools/cli/command_line.h"
#include "tools/cli/commands.h"
#include "tools/cli/connection.h"
#include "tools/cli/enum_word.h"
#include "tools/cli/message_json.h"
#include "tools/cli/name_argument.h"
#include "tools/cli/time_text.h"
#include "touchstone/outreach/v1/preference_service.grpc.pb.h"

namespace touchstone::cli {
namespace {

using events::v1::Preferences;
using outreach::v1::PreferenceService;

constexpr int kMinutesPerHour = 60;

struct PreferencesFlags {
  std::string address;
  std::string token;
  std::string request_id;
  std::vector<std::string> granted;
  std::vector<std::string> withdrawn;
  std::string zone;
  std::string quiet;
  bool suppress = false;
  bool unsuppress = false;
};

std::string PreferencesText(const Preferences& preferences) {
  std::string text = absl::StrCat(preferences.address_key(), preferences.suppressed() ? ": suppressed, nothing is sent\n" : "\n");
  for (const events::v1::Consent& consent : preferences.consents())
    absl::StrAppend(&text, "  ", WordOf(consent.outreach_class()), ": ", WordOf(consent.state()), " ",
                    TimeText(consent.update_time(), absl::UTCTimeZone()), "\n");
  if (preferences.consents().empty()) absl::StrAppend(&text, "  consent: none given or withdrawn\n");
  absl::StrAppend(&text, "  zone: ", preferences.time_zone().empty() ? "unknown" : preferences.time_zone(), "\n");
  if (preferences.has_quiet_hours()) {
    const int from = preferences.quiet_hours().from_minute();
    const int to = preferences.quiet_hours().to_minute();
    if (from == to) return absl::StrCat(text, "  quiet: at no time\n");
    absl::StrAppendFormat(&text, "  quiet: %02d:%02d to %02d:%02d\n", from / kMinutesPerHour, from % kMinutesPerHour,
                          to / kMinutesPerHour, to % kMinutesPerHour);
  }
  return text;
}

// `22:00-08:00`.
absl::Status SetQuietHours(const std::string& text, Preferences& preferences) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('-', 1));
  const auto minutes = [](absl::string_view part) -> absl::StatusOr<int> {
    absl::Time time;
    if (part.size() != 5 || !absl::ParseTime("%H:%M", part, &time, nullptr))
      return absl::InvalidArgumentError("--quiet: write 22:00-08:00");
    const absl::CivilMinute civil = absl::ToCivilMinute(time, absl::UTCTimeZone());
    return civil.hour() * kMinutesPerHour + civil.minute();
  };
  ASSIGN_OR_RETURN(const int from, minutes(parts.first));
  ASSIGN_OR_RETURN(const int to, minutes(parts.second));
  preferences.mutable_quiet_hours()->set_from_minute(from);
  preferences.mutable_quiet_hours()->set_to_minute(to);
  return absl::OkStatus();
}

absl::Status AddConsents(absl::string_view flag, const std::vector<std::string>& words, events::v1::ConsentState state,
                         Preferences& preferences) {
  for (const std::string& word : words) {
    ASSIGN_OR_RETURN(const events::v1::OutreachClass outreach_class, ParseWord<events::v1::OutreachClass>(flag, word));
    events::v1::Consent& consent = *preferences.add_consents();
    consent.set_outreach_class(outreach_class);
    consent.set_state(state);
  }
  return absl::OkStatus();
}

absl::StatusOr<outreach::v1::SetPreferencesRequest> RequestOf(const PreferencesFlags& flags) {
  outreach::v1::SetPreferencesRequest request;
  Preferences& preferences = *request.mutable_preferences();
  ASSIGN_OR_RETURN(*request.mutable_address(), NameArgument("NAME", flags.address));
  RETURN_IF_ERROR(AddConsents("--grant", flags.granted, events::v1::CONSENT_STATE_GRANTED, preferences));
  RETURN_IF_ERROR(AddConsents("--withdraw", flags.withdrawn, events::v1::CONSENT_STATE_WITHDRAWN, preferences));
  if (!preferences.consents().empty()) request.add_fields("consents");
  if (!flags.zone.empty()) {
    preferences.set_time_zone(flags.zone);
    request.add_fields("time_zone");
  }
  if (!flags.quiet.empty()) {
    RETURN_IF_ERROR(SetQuietHours(flags.quiet, preferences));
    request.add_fields("quiet_hours");
  }
  if (flags.suppress || flags.unsuppress) {
    preferences.set_suppressed(flags.suppress);
    request.add_fields("suppressed");
  }
  if (request.fields().empty())
    return absl::InvalidArgumentError("nothing to set: say --grant, --withdraw, --zone, --quiet, --suppress or --unsuppress");
  return request;
}

absl::StatusOr<int> Get(const PreferencesFlags& flags, Context& context) {
  outreach::v1::GetPreferencesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_address(), NameArgument("NAME", flags.address));
  request.set_token(flags.token);
  ASSIGN_OR_RETURN(const auto stub, StubOf<PreferenceService>(context));
  ASSIGN_OR_RETURN(const outreach::v1::GetPreferencesResponse response,
                   rpc::Call(*stub, &PreferenceService::Stub::GetPreferences, request));
  context.out << (context.json ? JsonLine(response.preferences()) + "\n" : PreferencesText(response.preferences())) << std::flush;
  return runtime::kExitOk;
}

absl::StatusOr<int> Set(const PreferencesFlags& flags, Context& context) {
  ASSIGN_OR_RETURN(outreach::v1::SetPreferencesRequest request, RequestOf(flags));
  request.set_request_id(flags.request_id.empty() ? context.new_id() : flags.request_id);
  ASSIGN_OR_RETURN(const auto stub, StubOf<PreferenceService>(context));
  ASSIGN_OR_RETURN(const outreach::v1::SetPreferencesResponse response,
                   rpc::Call(*stub, &PreferenceService::Stub::SetPreferences, request));
  context.out << (context.json ? JsonLine(response) + "\n" : PreferencesText(response.preferences())) << std::flush;
  return runtime::kExitOk;
}

}  // namespace

void AddPreferences(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("preferences", "What the owner of an address wants: get, set");
  group->require_subcommand(1);
  auto flags = std::make_shared<PreferencesFlags>();
  CLI::App* get = DeclareRemote(
      *group, context,
      {.name = "get", .what = "Shows the preferences of an address", .example = "touchstone preferences get email:a@b.c"},
      [flags, &context] { return Get(*flags, context); });
  get->add_option("NAME", flags->address, "An e-mail, phone, handle or device")->required();
  get->add_option("--token", flags->token, "Of a write, whose effects to wait for")->type_name("TOKEN");
  CLI::App* set =
      DeclareRemote(*group, context,
                    {.name = "set",
                     .what = "Sets what is said and leaves the rest; counts from the moment it is answered",
                     .example = "touchstone preferences set email:a@b.c --withdraw marketing --quiet 22:00-08:00 --zone "
                                "Europe/Berlin"},
                    [flags, &context] { return Set(*flags, context); });
  set->add_option("NAME", flags->address, "An e-mail, phone, handle or device")->required();
  set->add_option("--grant", flags->granted, "service, recovery, feedback, marketing; repeated")->type_name("CLASS");
  set->add_option("--withdraw", flags->withdrawn, "The same")->type_name("CLASS");
  set->add_option("--zone", flags->zone, "IANA zone")->type_name("ZONE");
  set->add_option("--quiet", flags->quiet, "Nothing within these hours: 22:00-08:00; 00:00-00:00: at no time")
      ->type_name("HOURS");
  CLI::Option* suppress = set->add_flag("--suppress", flags->suppress, "Nothing at all is sent");
  set->add_flag("--unsuppress", flags->unsuppress, "The end of that")->excludes(suppress);
  set->add_option("--request-id", flags->request_id, "A repeat with the same changes nothing [a new one]")->type_name("ID");
}

}  // namespace touchstone::cli
