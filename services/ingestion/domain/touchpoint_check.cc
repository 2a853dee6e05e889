#include "services/ingestion/domain/touchpoint_check.h"

#include <cmath>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/names/name_key.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/text/utf8.h"
#include "services/ingestion/domain/wire_fault.h"

namespace touchstone::ingestion {
namespace {

namespace events = touchstone::events::v1;

// Checks one touchpoint's fields and collects what is wrong.
class Check {
 public:
  Check(absl::string_view path, const names::NameSecret& secret, absl::Time now) : path_(path), secret_(secret), now_(now) {}

  absl::Status Run(events::Touchpoint& touchpoint) {
    Word("id", touchpoint.id(), kIdBytesMax, /*required=*/true);
    Word("source", touchpoint.source(), kIdBytesMax, /*required=*/true);
    Type(touchpoint.type());
    Names(*touchpoint.mutable_names());
    Kind<events::Channel>("channel", touchpoint.channel(), events::Channel_IsValid(touchpoint.channel()), /*required=*/true);
    Kind<events::Direction>("direction", touchpoint.direction(), events::Direction_IsValid(touchpoint.direction()), false);
    if (touchpoint.direction() == events::DIRECTION_UNSPECIFIED) touchpoint.set_direction(events::DIRECTION_INBOUND);
    OccurTime(touchpoint);
    Said(touchpoint);
    Judged(touchpoint);
    Promised(touchpoint);
    Paid(touchpoint);
    Correlations(touchpoint);
    Cause(touchpoint);
    Word("topic", touchpoint.topic(), kIdBytesMax, false);
    Word("import_id", touchpoint.import_id(), kIdBytesMax, false);
    Attributes(touchpoint);
    if (touchpoint.ByteSizeLong() > kTouchpointBytesMax) {
      errors_.Add(path_, absl::StrCat("has ", touchpoint.ByteSizeLong(), " bytes; at most ", kTouchpointBytesMax, " are taken"));
    }
    return errors_.ToStatus();
  }

 private:
  void Wrong(absl::string_view field, absl::string_view what) { errors_.Add(absl::StrCat(path_, ".", field), what); }

  void Word(absl::string_view field, const std::string& value, size_t bytes_max, bool required) {
    if (value.empty()) {
      if (required) Wrong(field, "is required");
    } else if (value.size() > bytes_max) {
      Wrong(field, absl::StrCat("has ", value.size(), " bytes; at most ", bytes_max, " are taken"));
    } else if (text::HasControlCharacter(value)) {
      Wrong(field, "holds a control character");
    }
  }

  template <typename Enum>
  void Kind(absl::string_view field, Enum value, bool known, bool required) {
    if (!known) {
      Wrong(field, absl::StrCat(static_cast<int>(value), " is no known value"));
    } else if (required && static_cast<int>(value) == 0) {
      Wrong(field, "is required");
    }
  }

  void Type(const std::string& type) {
    Word("type", type, kTypeBytesMax, /*required=*/true);
    bool dotted = false;
    char before = '.';
    for (char c : type) {
      const bool letter = absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_' || c == '-';
      if (!letter && (c != '.' || before == '.'))
        return Wrong("type", "is not dotted words of a-z 0-9 _ -, as in order.delivered");
      dotted |= c == '.';
      before = c;
    }
    if (!type.empty() && (!dotted || before == '.')) Wrong("type", "is not at least two dotted words, as in order.delivered");
  }

  void Names(google::protobuf::RepeatedPtrField<events::Name>& names) {
    if (names.empty()) return Wrong("names", "is required: whose touchpoint is it?");
    if (names.size() > kNamesMax)
      return Wrong("names", absl::StrCat("has ", names.size(), " names; at most ", kNamesMax, " are taken"));
    std::set<std::string> keys;
    for (int i = 0; i < names.size(); ++i) {
      absl::StatusOr<events::Name> keyed = names::KeyedName(secret_, names[i]);
      if (!keyed.ok()) {
        Wrong(absl::StrCat("names[", i, "]"), keyed.status().message());
      } else if (!keys.insert(keyed->key()).second) {
        Wrong(absl::StrCat("names[", i, "]"), "is stated twice");
      } else {
        names[i] = *std::move(keyed);
      }
    }
  }

  // A time that is there and in range; nothing else is.
  std::optional<absl::Time> Time(absl::string_view field, bool present, const google::protobuf::Timestamp& timestamp) {
    if (!present) {
      Wrong(field, "is required");
      return std::nullopt;
    }
    absl::StatusOr<absl::Time> time = clock::CheckedTimeFrom(timestamp);
    if (!time.ok()) {
      Wrong(field, time.status().message());
      return std::nullopt;
    }
    if (*time < absl::UnixEpoch()) {
      Wrong(field, absl::StrCat(absl::FormatTime(*time, absl::UTCTimeZone()), " is before 1970"));
      return std::nullopt;
    }
    return *time;
  }

  void OccurTime(const events::Touchpoint& touchpoint) {
    std::optional<absl::Time> time = Time("occur_time", touchpoint.has_occur_time(), touchpoint.occur_time());
    if (time.has_value() && *time > now_ + kAheadMax) {
      Wrong("occur_time", absl::StrCat(absl::FormatTime(*time, absl::UTCTimeZone()), " is more than 24 h ahead of now (",
                                       absl::FormatTime(now_, absl::UTCTimeZone()), ")"));
    }
  }

  void Said(const events::Touchpoint& touchpoint) {
    if (touchpoint.text().size() > kTextBytesMax) {
      Wrong("text", absl::StrCat("has ", touchpoint.text().size(), " bytes; at most ", kTextBytesMax, " are taken"));
    }
    Word("language", touchpoint.language(), kLanguageBytesMax, false);
    for (char c : touchpoint.language()) {
      if (!absl::ascii_isalnum(c) && c != '-') return Wrong("language", "is no BCP 47 tag, as in pt-BR");
    }
  }

  void Range(absl::string_view field, int value, int least, int most) {
    if (value < least || value > most) Wrong(field, absl::StrCat(value, " is not from ", least, " to ", most));
  }

  void Judged(const events::Touchpoint& touchpoint) {
    if (touchpoint.has_sentiment() && !(std::abs(touchpoint.sentiment()) <= 1)) Wrong("sentiment", "is not from -1 to 1");
    if (touchpoint.has_stars()) Range("stars", touchpoint.stars(), 1, 5);
    Kind<events::Outcome>("outcome", touchpoint.outcome(), events::Outcome_IsValid(touchpoint.outcome()), false);
    if (!touchpoint.has_survey()) return;
    const events::Survey& survey = touchpoint.survey();
    Kind<events::SurveyKind>("survey.kind", survey.kind(), events::SurveyKind_IsValid(survey.kind()), /*required=*/true);
    if (survey.kind() == events::SURVEY_KIND_NPS) Range("survey.score", survey.score(), 0, 10);
    if (survey.kind() == events::SURVEY_KIND_CSAT) Range("survey.score", survey.score(), 1, 5);
    if (survey.kind() == events::SURVEY_KIND_CES) Range("survey.score", survey.score(), 1, 7);
  }

  void Promised(const events::Touchpoint& touchpoint) {
    if (!touchpoint.has_promise()) return;
    Word("promise.what", touchpoint.promise().what(), kPromiseBytesMax, /*required=*/true);
    Time("promise.until_time", touchpoint.promise().has_until_time(), touchpoint.promise().until_time());
  }

  void Paid(const events::Touchpoint& touchpoint) {
    if (!touchpoint.has_money()) return;
    const events::Money& money = touchpoint.money();
    const std::string& currency = money.currency_code();
    if (currency.size() != 3 || !std::all_of(currency.begin(), currency.end(), absl::ascii_isupper)) {
      Wrong("money.currency_code", "is not three capital letters, as in EUR");
    }
    if (std::abs(static_cast<int64_t>(money.nanos())) > 999'999'999) Wrong("money.nanos", "is not from -999999999 to 999999999");
    if ((money.units() > 0 && money.nanos() < 0) || (money.units() < 0 && money.nanos() > 0)) {
      Wrong("money.nanos", "has another sign than units");
    }
  }

  void Correlations(const events::Touchpoint& touchpoint) {
    if (touchpoint.correlations_size() > kCorrelationsMax) {
      return Wrong("correlations",
                   absl::StrCat("has ", touchpoint.correlations_size(), "; at most ", kCorrelationsMax, " are taken"));
    }
    std::set<int> kinds;
    for (int i = 0; i < touchpoint.correlations_size(); ++i) {
      const events::Correlation& correlation = touchpoint.correlations(i);
      const std::string field = absl::StrCat("correlations[", i, "]");
      Kind<events::CorrelationKind>(field + ".kind", correlation.kind(), events::CorrelationKind_IsValid(correlation.kind()),
                                    true);
      Word(field + ".id", correlation.id(), kIdBytesMax, /*required=*/true);
      if (!kinds.insert(correlation.kind()).second) Wrong(field + ".kind", "is stated twice");
    }
  }

  void Cause(const events::Touchpoint& touchpoint) {
    if (!touchpoint.has_caused_by()) return;
    const events::Cause& cause = touchpoint.caused_by();
    Kind<events::CauseKind>("caused_by.kind", cause.kind(), events::CauseKind_IsValid(cause.kind()), /*required=*/true);
    Word("caused_by.id", cause.id(), kCauseIdBytesMax, /*required=*/true);
    Range("caused_by.depth", cause.depth(), 1, kCauseDepthMax);
  }

  void Attributes(const events::Touchpoint& touchpoint) {
    if (touchpoint.attributes_size() > kAttributesMax) {
      return Wrong("attributes", absl::StrCat("has ", touchpoint.attributes_size(), "; at most ", kAttributesMax, " are taken"));
    }
    // In order of names, so that the same touchpoint gives the same words.
    std::set<std::string> names;
    for (const auto& [name, value] : touchpoint.attributes()) names.insert(name);
    for (const std::string& name : names) Attribute(name, touchpoint.attributes().at(name));
  }

  void Attribute(const std::string& name, const events::AttributeValue& value) {
    const bool good = !name.empty() && name.size() <= kAttributeNameBytesMax && std::all_of(name.begin(), name.end(), [](char c) {
      return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_' || c == '.' || c == '-';
    });
    if (!good) return Wrong("attributes", "has a name that is not 1 to 64 of a-z 0-9 _ . -");
    const std::string field = absl::StrCat("attributes[", name, "]");
    switch (value.value_case()) {
      case events::AttributeValue::VALUE_NOT_SET:
        return Wrong(field, "has no value");
      case events::AttributeValue::kText:
        if (value.text().size() > kAttributeTextBytesMax) {
          Wrong(field, absl::StrCat("has ", value.text().size(), " bytes; at most ", kAttributeTextBytesMax, " are taken"));
        }
        return;
      case events::AttributeValue::kReal:
        if (!std::isfinite(value.real())) Wrong(field, "is not a finite number");
        return;
      case events::AttributeValue::kTime:
        if (absl::Status time = clock::CheckedTimeFrom(value.time()).status(); !time.ok()) Wrong(field, time.message());
        return;
      case events::AttributeValue::kDuration:
        if (absl::Status span = clock::CheckedDurationFrom(value.duration()).status(); !span.ok()) Wrong(field, span.message());
        return;
      default:
        return;
    }
  }

  const absl::string_view path_;
  const names::NameSecret& secret_;
  const absl::Time now_;
  status::FieldErrors errors_;
};

}  // namespace

absl::StatusOr<events::Touchpoint> CheckedTouchpoint(events::Touchpoint touchpoint, absl::string_view path,
                                                     const names::NameSecret& secret, absl::Time now) {
  RETURN_IF_ERROR(Check(path, secret, now).Run(touchpoint));
  return touchpoint;
}

absl::StatusOr<events::Touchpoint> CheckedTouchpoint(absl::string_view bytes, absl::string_view path,
                                                     const names::NameSecret& secret, absl::Time now) {
  events::Touchpoint touchpoint;
  if (bytes.size() > kTouchpointBytesMax) {
    return status::InvalidField(path, absl::StrCat("has ", bytes.size(), " bytes; at most ", kTouchpointBytesMax, " are taken"));
  }
  if (!touchpoint.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    const WireFault fault = FindWireFault(bytes, *events::Touchpoint::descriptor());
    return status::InvalidField(absl::StrCat(path, fault.path.empty() ? "" : ".", fault.path), fault.what);
  }
  return CheckedTouchpoint(std::move(touchpoint), path, secret, now);
}

}  // namespace touchstone::ingestion
