#include "common/cel/time_text.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/cel/time_range.h"

namespace touchstone::cel {
namespace {

constexpr size_t kNanoDigits = 9;

// Takes exactly `digits` digits off `text`.
bool TakeDigits(absl::string_view& text, size_t digits, int& value) {
  if (text.size() < digits) return false;
  value = 0;
  for (char c : text.substr(0, digits)) {
    if (!absl::ascii_isdigit(c)) return false;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return true;
}

// `.5` as nanoseconds; nothing there is 0.
bool TakeFraction(absl::string_view& text, int& nanos) {
  nanos = 0;
  if (!absl::ConsumePrefix(&text, ".")) return true;
  size_t digits = 0;
  while (digits < text.size() && absl::ascii_isdigit(text[digits])) ++digits;
  if (digits == 0 || digits > kNanoDigits) return false;
  if (!TakeDigits(text, digits, nanos)) return false;
  for (; digits < kNanoDigits; ++digits) nanos *= 10;
  return true;
}

// `Z` or `+01:00`, which ends the text.
bool TakeOffset(absl::string_view& text, int& offset_seconds) {
  offset_seconds = 0;
  if (text == "Z") return true;
  const bool negative = absl::ConsumePrefix(&text, "-");
  if (!negative && !absl::ConsumePrefix(&text, "+")) return false;
  int hours = 0, minutes = 0;
  if (!TakeDigits(text, 2, hours) || !absl::ConsumePrefix(&text, ":") || !TakeDigits(text, 2, minutes)) return false;
  offset_seconds = (hours * 60 + minutes) * 60 * (negative ? -1 : 1);
  return text.empty() && hours < 24 && minutes < 60;
}

std::string FractionText(int64_t nanos) {
  if (nanos == 0) return "";
  std::string digits = absl::StrFormat(".%09d", nanos);
  while (digits.back() == '0') digits.pop_back();
  return digits;
}

}  // namespace

Value ParseTimestamp(absl::string_view text) {
  const Value not_one = Value::Error(EvaluationError::kNotConvertible);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, nanos = 0, offset = 0;
  const bool shaped = TakeDigits(text, 4, year) && absl::ConsumePrefix(&text, "-") && TakeDigits(text, 2, month) &&
                      absl::ConsumePrefix(&text, "-") && TakeDigits(text, 2, day) && absl::ConsumePrefix(&text, "T") &&
                      TakeDigits(text, 2, hour) && absl::ConsumePrefix(&text, ":") && TakeDigits(text, 2, minute) &&
                      absl::ConsumePrefix(&text, ":") && TakeDigits(text, 2, second) && TakeFraction(text, nanos) &&
                      TakeOffset(text, offset);
  if (!shaped || hour > 23 || minute > 59 || second > 59) return not_one;
  const absl::CivilSecond civil(year, month, day, hour, minute, second);
  if (civil.month() != month || civil.day() != day) return not_one;  // February 30th was carried into March.
  return Value::Timestamp(absl::ToUnixSeconds(absl::FromCivil(civil, absl::UTCTimeZone())) - offset, nanos);
}

std::string FormatTimestamp(const Value& timestamp) {
  const absl::CivilSecond civil = absl::ToCivilSecond(absl::FromUnixSeconds(timestamp.seconds()), absl::UTCTimeZone());
  return absl::StrFormat("%04d-%02d-%02dT%02d:%02d:%02d%sZ", civil.year(), civil.month(), civil.day(), civil.hour(),
                         civil.minute(), civil.second(), FractionText(timestamp.nanos()));
}

Value ParseDuration(absl::string_view text) {
  absl::Duration duration;
  // Abseil also reads `inf`, which is no duration here.
  if (text.find('i') != absl::string_view::npos || !absl::ParseDuration(text, &duration)) {
    return Value::Error(EvaluationError::kNotConvertible);
  }
  return Value::Duration(duration);
}

std::string FormatDuration(const Value& duration) {
  const int64_t nanos = duration.duration_nanos();
  const int64_t seconds = nanos / kNanosPerSecond;
  const int64_t rest = nanos % kNanosPerSecond;
  return absl::StrCat(nanos < 0 && seconds == 0 ? "-" : "", seconds, FractionText(rest < 0 ? -rest : rest), "s");
}

}  // namespace touchstone::cel
