#include "tools/cli/event_text.h"

#include <cstdlib>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/clock/proto_time.h"
#include "tools/cli/enum_word.h"
#include "tools/cli/time_text.h"

namespace touchstone::cli {
namespace {

constexpr int kNanosPerCent = 10'000'000;

void AddSignals(const events::v1::Touchpoint& touchpoint, std::vector<std::string>& parts) {
  if (touchpoint.has_stars()) parts.push_back(absl::StrCat(touchpoint.stars(), touchpoint.stars() == 1 ? " star" : " stars"));
  if (touchpoint.has_survey())
    parts.push_back(absl::StrCat(WordOf(touchpoint.survey().kind()), " ", touchpoint.survey().score()));
  if (touchpoint.has_sentiment()) parts.push_back(absl::StrCat("sentiment ", touchpoint.sentiment()));
  if (touchpoint.outcome() != events::v1::OUTCOME_UNSPECIFIED) parts.push_back(WordOf(touchpoint.outcome()));
}

}  // namespace

std::string TouchpointDetails(const events::v1::Touchpoint& touchpoint, absl::TimeZone zone) {
  std::vector<std::string> parts = {WordOf(touchpoint.channel())};
  if (touchpoint.direction() > events::v1::DIRECTION_INBOUND) parts.push_back(WordOf(touchpoint.direction()));
  if (!touchpoint.topic().empty()) parts.push_back(absl::StrCat("about ", touchpoint.topic()));
  if (touchpoint.has_money()) parts.push_back(MoneyText(touchpoint.money()));
  if (touchpoint.has_promise()) {
    parts.push_back(
        absl::StrCat(touchpoint.promise().what(), " promised until ", TimeText(touchpoint.promise().until_time(), zone)));
  }
  AddSignals(touchpoint, parts);
  if (touchpoint.has_caused_by()) parts.push_back(absl::StrCat("caused by our own ", WordOf(touchpoint.caused_by().kind())));
  if (!touchpoint.text().empty()) parts.push_back(absl::StrCat("“", touchpoint.text(), "”"));
  return absl::StrJoin(parts, ", ");
}

std::string CorrelationText(const events::v1::Correlation& correlation) {
  if (correlation.id().empty()) return "";
  return absl::StrCat(WordOf(correlation.kind()), " ", correlation.id());
}

std::string MoneyText(const events::v1::Money& money) {
  const bool negative = money.units() < 0 || money.nanos() < 0;
  return absl::StrFormat("%s%d.%02d %s", negative ? "-" : "", std::abs(money.units()), std::abs(money.nanos()) / kNanosPerCent,
                         money.currency_code());
}

std::string StrikesText(int hundredths) {
  return absl::StrFormat("%s%d.%02d", hundredths < 0 ? "-" : "", std::abs(hundredths) / 100, std::abs(hundredths) % 100);
}

std::string MomentHead(const events::v1::MomentOfTruth& moment) {
  return absl::StrCat(WordOf(moment.kind()), ", ", WordOf(moment.polarity()), " ", moment.severity());
}

std::string PromiseText(const events::v1::PromiseState& promise, absl::TimeZone zone) {
  const std::string strand = CorrelationText(promise.strand());
  return absl::StrCat(promise.promise().what(), " until ", TimeText(promise.promise().until_time(), zone),
                      strand.empty() ? "" : absl::StrCat(" (", strand, ")"), promise.broken() ? ", broken" : ", open");
}

std::string AttributeText(const events::v1::AttributeValue& value, absl::TimeZone zone) {
  switch (value.value_case()) {
    case events::v1::AttributeValue::kText:
      return value.text();
    case events::v1::AttributeValue::kInteger:
      return absl::StrCat(value.integer());
    case events::v1::AttributeValue::kReal:
      return absl::StrCat(value.real());
    case events::v1::AttributeValue::kFlag:
      return value.flag() ? "true" : "false";
    case events::v1::AttributeValue::kTime:
      return TimeText(value.time(), zone);
    case events::v1::AttributeValue::kDuration:
      return SpanText(clock::DurationFrom(value.duration()));
    case events::v1::AttributeValue::VALUE_NOT_SET:
      return "";
  }
  return "";
}

}  // namespace touchstone::cli
