#include "tools/cli/touchpoint_flags.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/clock/proto_time.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "tools/cli/enum_word.h"
#include "tools/cli/name_argument.h"
#include "tools/cli/time_text.h"

namespace touchstone::cli {
namespace {

constexpr size_t kNanoDigits = 9;

absl::Status Wrong(absl::string_view flag, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("--", flag, ": ", what));
}

// `key=value`.
absl::StatusOr<std::pair<std::string, std::string>> Pair(absl::string_view flag, absl::string_view text) {
  std::pair<std::string, std::string> pair = absl::StrSplit(text, absl::MaxSplits('=', 1));
  if (pair.first.empty() || pair.second.empty()) return Wrong(flag, absl::StrCat("'", text, "' is not KEY=VALUE"));
  return pair;
}

absl::StatusOr<int> WholeNumber(absl::string_view flag, absl::string_view text) {
  int number = 0;
  if (!absl::SimpleAtoi(text, &number)) return Wrong(flag, absl::StrCat("'", text, "' is no whole number"));
  return number;
}

absl::Status AddSurvey(absl::string_view flag, events::v1::SurveyKind kind, absl::string_view text,
                       events::v1::Touchpoint& touchpoint) {
  if (text.empty()) return absl::OkStatus();
  if (touchpoint.has_survey()) return Wrong(flag, "a touchpoint answers one survey");
  ASSIGN_OR_RETURN(const int score, WholeNumber(flag, text));
  touchpoint.mutable_survey()->set_kind(kind);
  touchpoint.mutable_survey()->set_score(score);
  return absl::OkStatus();
}

absl::Status AddSignals(const TouchpointFlags& flags, events::v1::Touchpoint& touchpoint) {
  if (!flags.sentiment.empty()) {
    double sentiment = 0;
    if (!absl::SimpleAtod(flags.sentiment, &sentiment)) return Wrong("sentiment", "is no number");
    touchpoint.set_sentiment(sentiment);
  }
  if (!flags.stars.empty()) {
    ASSIGN_OR_RETURN(const int stars, WholeNumber("stars", flags.stars));
    touchpoint.set_stars(stars);
  }
  RETURN_IF_ERROR(AddSurvey("nps", events::v1::SURVEY_KIND_NPS, flags.nps, touchpoint));
  RETURN_IF_ERROR(AddSurvey("csat", events::v1::SURVEY_KIND_CSAT, flags.csat, touchpoint));
  RETURN_IF_ERROR(AddSurvey("ces", events::v1::SURVEY_KIND_CES, flags.ces, touchpoint));
  if (!flags.outcome.empty()) {
    ASSIGN_OR_RETURN(const events::v1::Outcome outcome, ParseWord<events::v1::Outcome>("--outcome", flags.outcome));
    touchpoint.set_outcome(outcome);
  }
  return absl::OkStatus();
}

absl::Status AddPromise(absl::string_view text, absl::Time occur_time, events::v1::Touchpoint& touchpoint) {
  if (text.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto pair, Pair("promise", text));
  const absl::StatusOr<absl::Time> until = ParseTime(pair.second, occur_time);
  if (!until.ok()) return Wrong("promise", until.status().message());
  touchpoint.mutable_promise()->set_what(pair.first);
  *touchpoint.mutable_promise()->mutable_until_time() = clock::ToProto(*until);
  return absl::OkStatus();
}

absl::Status AddCorrelations(const std::vector<std::string>& texts, events::v1::Touchpoint& touchpoint) {
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(const auto pair, Pair("correlation", text));
    ASSIGN_OR_RETURN(const events::v1::CorrelationKind kind, ParseWord<events::v1::CorrelationKind>("--correlation", pair.first));
    events::v1::Correlation& correlation = *touchpoint.add_correlations();
    correlation.set_kind(kind);
    correlation.set_id(pair.second);
  }
  return absl::OkStatus();
}

absl::Status AddAttributes(const std::vector<std::string>& texts, events::v1::Touchpoint& touchpoint) {
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(const auto pair, Pair("attribute", text));
    events::v1::AttributeValue& value = (*touchpoint.mutable_attributes())[pair.first];
    int64_t integer = 0;
    double real = 0;
    if (pair.second == "true" || pair.second == "false") {
      value.set_flag(pair.second == "true");
    } else if (absl::SimpleAtoi(pair.second, &integer)) {
      value.set_integer(integer);
    } else if (absl::SimpleAtod(pair.second, &real)) {
      value.set_real(real);
    } else {
      value.set_text(pair.second);
    }
  }
  return absl::OkStatus();
}

absl::Status AddNames(const std::vector<std::string>& texts, events::v1::Touchpoint& touchpoint) {
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(*touchpoint.add_names(), NameArgument("--name", text));
  }
  return absl::OkStatus();
}

absl::Status AddMoney(absl::string_view text, events::v1::Touchpoint& touchpoint) {
  if (text.empty()) return absl::OkStatus();
  const std::pair<std::string, std::string> pair = absl::StrSplit(text, absl::MaxSplits(' ', 1));
  absl::StatusOr<events::v1::Money> money = ParseMoney(pair.first, pair.second);
  if (!money.ok()) return Wrong("money", money.status().message());
  *touchpoint.mutable_money() = *std::move(money);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<events::v1::Money> ParseMoney(absl::string_view amount, absl::string_view currency) {
  const bool negative = absl::ConsumePrefix(&amount, "-");
  const std::pair<std::string, std::string> parts = absl::StrSplit(amount, absl::MaxSplits('.', 1));
  int64_t units = 0;
  int32_t nanos = 0;
  const std::string fraction = parts.second + std::string(kNanoDigits - std::min(kNanoDigits, parts.second.size()), '0');
  const bool digits = !parts.first.empty() && absl::ascii_isdigit(static_cast<unsigned char>(parts.first[0])) &&
                      fraction.size() == kNanoDigits && fraction.find_first_not_of("0123456789") == std::string::npos;
  if (!digits || currency.size() != 3 || !absl::SimpleAtoi(parts.first, &units) || !absl::SimpleAtoi(fraction, &nanos))
    return absl::InvalidArgumentError("is not an amount and a currency: write 59.90 EUR");
  events::v1::Money money;
  money.set_currency_code(std::string(currency));
  money.set_units(negative ? -units : units);
  money.set_nanos(negative ? -nanos : nanos);
  return money;
}

absl::StatusOr<events::v1::Touchpoint> TouchpointOf(const TouchpointFlags& flags, absl::Time now) {
  events::v1::Touchpoint touchpoint;
  touchpoint.set_id(flags.id);
  touchpoint.set_source(flags.source);
  touchpoint.set_type(flags.type);
  touchpoint.set_text(flags.text);
  touchpoint.set_language(flags.language);
  touchpoint.set_topic(flags.topic);
  RETURN_IF_ERROR(AddNames(flags.names, touchpoint));
  ASSIGN_OR_RETURN(const events::v1::Channel channel, ParseWord<events::v1::Channel>("--channel", flags.channel));
  touchpoint.set_channel(channel);
  if (!flags.direction.empty()) {
    ASSIGN_OR_RETURN(const events::v1::Direction direction, ParseWord<events::v1::Direction>("--direction", flags.direction));
    touchpoint.set_direction(direction);
  }
  const absl::StatusOr<absl::Time> occur_time = ParseTime(flags.occur_time, now);
  if (!occur_time.ok()) return Wrong("occur-time", occur_time.status().message());
  *touchpoint.mutable_occur_time() = clock::ToProto(*occur_time);
  RETURN_IF_ERROR(AddSignals(flags, touchpoint));
  RETURN_IF_ERROR(AddPromise(flags.promise, *occur_time, touchpoint));
  RETURN_IF_ERROR(AddMoney(flags.money, touchpoint));
  RETURN_IF_ERROR(AddCorrelations(flags.correlations, touchpoint));
  RETURN_IF_ERROR(AddAttributes(flags.attributes, touchpoint));
  return touchpoint;
}

}  // namespace touchstone::cli
