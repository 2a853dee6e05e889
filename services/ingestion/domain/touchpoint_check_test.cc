#include "services/ingestion/domain/touchpoint_check.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "common/clock/proto_time.h"
#include "common/status/errors.h"

namespace touchstone::ingestion {
namespace {

namespace events = touchstone::events::v1;
using testing::Contains;
using testing::HasSubstr;

const absl::Time kNow = absl::FromCivil(absl::CivilSecond(2026, 11, 21, 10, 0, 0), absl::UTCTimeZone());

const names::NameSecret& Secret() {
  static const names::NameSecret& secret = *new names::NameSecret(*names::NameSecret::FromBytes(std::string(32, 's')));
  return secret;
}

events::Touchpoint Good() {
  events::Touchpoint touchpoint;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(R"pb(
                                                              id: "1"
                                                              source: "shop.web"
                                                              type: "order.delivered"
                                                              names { kind: NAME_KIND_CUSTOMER value: " 42 " }
                                                              names { kind: NAME_KIND_EMAIL value: "Jo@Example.com" }
                                                              channel: CHANNEL_WEB
                                                              text: "thanks"
                                                              language: "pt-BR"
                                                              sentiment: 0.5
                                                              stars: 5
                                                              survey { kind: SURVEY_KIND_NPS score: 9 }
                                                              outcome: OUTCOME_SUCCEEDED
                                                              promise {
                                                                what: "delivery"
                                                                until_time { seconds: 1790000000 }
                                                              }
                                                              money { currency_code: "EUR" units: 12 nanos: 500000000 }
                                                              topic: "delivery"
                                                              correlations { kind: CORRELATION_KIND_ORDER id: "A" }
                                                              caused_by { kind: CAUSE_KIND_OUTREACH id: "o" depth: 1 }
                                                              attributes {
                                                                key: "weight.kg"
                                                                value { real: 1.5 }
                                                              }
                                                            )pb",
                                                            &touchpoint));
  *touchpoint.mutable_occur_time() = clock::ToProto(kNow);
  return touchpoint;
}

TEST(CheckedTouchpoint, TakesAGoodOneAndGivesItItsOneForm) {
  absl::StatusOr<events::Touchpoint> checked = CheckedTouchpoint(Good(), "touchpoint", Secret(), kNow);
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->names(0).value(), "42");
  EXPECT_EQ(checked->names(0).key(), "customer:42");
  EXPECT_EQ(checked->names(1).value(), "jo@example.com");
  EXPECT_THAT(checked->names(1).key(), testing::MatchesRegex("email:[0-9a-f]{32}"));
  EXPECT_EQ(checked->direction(), events::DIRECTION_INBOUND);
}

struct Mistake {
  std::string path;
  std::string what;
  std::function<void(events::Touchpoint&)> make;
};

TEST(CheckedTouchpoint, SaysWhatIsWrongAndWhere) {
  const std::vector<Mistake> mistakes = {
      {"touchpoint.id", "is required", [](auto& t) { t.clear_id(); }},
      {"touchpoint.id", "has 129 bytes; at most 128 are taken", [](auto& t) { t.set_id(std::string(129, 'x')); }},
      {"touchpoint.id", "holds a control character", [](auto& t) { t.set_id("a\nb"); }},
      {"touchpoint.source", "is required", [](auto& t) { t.clear_source(); }},
      {"touchpoint.type", "is required", [](auto& t) { t.clear_type(); }},
      {"touchpoint.type", "is not at least two dotted words, as in order.delivered", [](auto& t) { t.set_type("order"); }},
      {"touchpoint.type", "is not at least two dotted words, as in order.delivered", [](auto& t) { t.set_type("order."); }},
      {"touchpoint.type", "is not dotted words of a-z 0-9 _ -, as in order.delivered",
       [](auto& t) { t.set_type("Order.delivered"); }},
      {"touchpoint.type", "is not dotted words of a-z 0-9 _ -, as in order.delivered",
       [](auto& t) { t.set_type("order..delivered"); }},
      {"touchpoint.names", "is required: whose touchpoint is it?", [](auto& t) { t.clear_names(); }},
      {"touchpoint.names[2]", "is stated twice", [](auto& t) { *t.add_names() = t.names(0); }},
      {"touchpoint.channel", "is required", [](auto& t) { t.clear_channel(); }},
      {"touchpoint.channel", "99 is no known value", [](auto& t) { t.set_channel(static_cast<events::Channel>(99)); }},
      {"touchpoint.direction", "99 is no known value", [](auto& t) { t.set_direction(static_cast<events::Direction>(99)); }},
      {"touchpoint.occur_time", "is required", [](auto& t) { t.clear_occur_time(); }},
      {"touchpoint.occur_time", "9999-12-31T00:00:00+00:00 is more than 24 h ahead of now (2026-11-21T10:00:00+00:00)",
       [](auto& t) { t.mutable_occur_time()->set_seconds(253402214400); }},
      {"touchpoint.occur_time", "1969-12-31T23:59:59+00:00 is before 1970",
       [](auto& t) { t.mutable_occur_time()->set_seconds(-1); }},
      {"touchpoint.text", "has 16385 bytes; at most 16384 are taken", [](auto& t) { t.set_text(std::string(16385, 'x')); }},
      {"touchpoint.language", "is no BCP 47 tag, as in pt-BR", [](auto& t) { t.set_language("pt BR"); }},
      {"touchpoint.sentiment", "is not from -1 to 1", [](auto& t) { t.set_sentiment(std::nan("")); }},
      {"touchpoint.sentiment", "is not from -1 to 1", [](auto& t) { t.set_sentiment(1.01); }},
      {"touchpoint.stars", "6 is not from 1 to 5", [](auto& t) { t.set_stars(6); }},
      {"touchpoint.survey.kind", "is required", [](auto& t) { t.mutable_survey()->clear_kind(); }},
      {"touchpoint.survey.score", "11 is not from 0 to 10", [](auto& t) { t.mutable_survey()->set_score(11); }},
      {"touchpoint.outcome", "77 is no known value", [](auto& t) { t.set_outcome(static_cast<events::Outcome>(77)); }},
      {"touchpoint.promise.what", "is required", [](auto& t) { t.mutable_promise()->clear_what(); }},
      {"touchpoint.promise.until_time", "is required", [](auto& t) { t.mutable_promise()->clear_until_time(); }},
      {"touchpoint.money.currency_code", "is not three capital letters, as in EUR",
       [](auto& t) { t.mutable_money()->set_currency_code("eur"); }},
      {"touchpoint.money.nanos", "has another sign than units", [](auto& t) { t.mutable_money()->set_nanos(-1); }},
      {"touchpoint.correlations[0].id", "is required", [](auto& t) { t.mutable_correlations(0)->clear_id(); }},
      {"touchpoint.correlations[1].kind", "is stated twice", [](auto& t) { *t.add_correlations() = t.correlations(0); }},
      {"touchpoint.caused_by.depth", "9 is not from 1 to 8", [](auto& t) { t.mutable_caused_by()->set_depth(9); }},
      {"touchpoint.attributes[weight.kg]", "has no value", [](auto& t) { (*t.mutable_attributes())["weight.kg"].Clear(); }},
      {"touchpoint.attributes", "has a name that is not 1 to 64 of a-z 0-9 _ . -",
       [](auto& t) { (*t.mutable_attributes())["A b"].set_flag(true); }},
      {"touchpoint.attributes", "has 10000; at most 64 are taken",
       [](auto& t) {
         for (int i = 0; i < 9999; ++i) (*t.mutable_attributes())[absl::StrCat("a", i)].set_flag(true);
       }},
  };
  for (const Mistake& mistake : mistakes) {
    events::Touchpoint touchpoint = Good();
    mistake.make(touchpoint);
    absl::StatusOr<events::Touchpoint> checked = CheckedTouchpoint(touchpoint, "touchpoint", Secret(), kNow);
    ASSERT_FALSE(checked.ok()) << mistake.path << " " << mistake.what;
    EXPECT_THAT(status::FieldViolationsOf(checked.status()), Contains(status::FieldViolation{mistake.path, mistake.what}))
        << checked.status();
  }
}

// What is the most, and what is one too much.
struct Limit {
  std::string path;
  std::string what;
  std::function<void(events::Touchpoint&, int beyond)> make;
};

TEST(CheckedTouchpoint, TakesWhatIsAtALimitAndNothingBeyond) {
  const std::vector<Limit> limits = {
      {"touchpoint.source", "has 129 bytes; at most 128 are taken",
       [](auto& t, int beyond) { t.set_source(std::string(128 + beyond, 'x')); }},
      {"touchpoint.type", "has 129 bytes; at most 128 are taken",
       [](auto& t, int beyond) { t.set_type("a." + std::string(126 + beyond, 'x')); }},
      {"touchpoint.names", "has 9 names; at most 8 are taken",
       [](auto& t, int beyond) {
         while (t.names_size() < 8 + beyond) {
           t.add_names()->set_kind(events::NAME_KIND_ACCOUNT);
           t.mutable_names()->rbegin()->set_value(absl::StrCat(t.names_size()));
         }
       }},
      {"touchpoint.occur_time", "2026-11-22T10:00:00.000000001+00:00 is more than 24 h ahead of now (2026-11-21T10:00:00+00:00)",
       [](auto& t, int beyond) { *t.mutable_occur_time() = clock::ToProto(kNow + kAheadMax + absl::Nanoseconds(beyond)); }},
      {"touchpoint.language", "has 36 bytes; at most 35 are taken",
       [](auto& t, int beyond) { t.set_language(std::string(35 + beyond, 'x')); }},
      {"touchpoint.stars", "0 is not from 1 to 5", [](auto& t, int beyond) { t.set_stars(1 - beyond); }},
      {"touchpoint.survey.score", "8 is not from 1 to 7",
       [](auto& t, int beyond) {
         t.mutable_survey()->set_kind(events::SURVEY_KIND_CES);
         t.mutable_survey()->set_score(7 + beyond);
       }},
      {"touchpoint.survey.score", "0 is not from 1 to 5",
       [](auto& t, int beyond) {
         t.mutable_survey()->set_kind(events::SURVEY_KIND_CSAT);
         t.mutable_survey()->set_score(1 - beyond);
       }},
      {"touchpoint.promise.what", "has 65 bytes; at most 64 are taken",
       [](auto& t, int beyond) { t.mutable_promise()->set_what(std::string(64 + beyond, 'x')); }},
      {"touchpoint.money.nanos", "is not from -999999999 to 999999999",
       [](auto& t, int beyond) { t.mutable_money()->set_nanos(999'999'999 + beyond); }},
      {"touchpoint.money.nanos", "has another sign than units",
       [](auto& t, int beyond) {
         t.mutable_money()->set_units(-1);
         t.mutable_money()->set_nanos(beyond == 0 ? -1 : 1);
       }},
      {"touchpoint.correlations[0].id", "has 129 bytes; at most 128 are taken",
       [](auto& t, int beyond) { t.mutable_correlations(0)->set_id(std::string(128 + beyond, 'x')); }},
      {"touchpoint.caused_by.id", "has 513 bytes; at most 512 are taken",
       [](auto& t, int beyond) { t.mutable_caused_by()->set_id(std::string(512 + beyond, 'x')); }},
      {"touchpoint.topic", "has 129 bytes; at most 128 are taken",
       [](auto& t, int beyond) { t.set_topic(std::string(128 + beyond, 'x')); }},
      {"touchpoint.import_id", "has 129 bytes; at most 128 are taken",
       [](auto& t, int beyond) { t.set_import_id(std::string(128 + beyond, 'x')); }},
      {"touchpoint.attributes", "has 65; at most 64 are taken",
       [](auto& t, int beyond) {
         for (int i = 1; i < 64 + beyond; ++i) (*t.mutable_attributes())[absl::StrCat("a", i)].set_flag(true);
       }},
      {"touchpoint.attributes", "has a name that is not 1 to 64 of a-z 0-9 _ . -",
       [](auto& t, int beyond) { (*t.mutable_attributes())[std::string(64 + beyond, 'x')].set_flag(true); }},
      {"touchpoint.attributes[a]", "has 1025 bytes; at most 1024 are taken",
       [](auto& t, int beyond) { (*t.mutable_attributes())["a"].set_text(std::string(1024 + beyond, 'x')); }},
      {"touchpoint.attributes[a]", "is not a finite number",
       [](auto& t, int beyond) { (*t.mutable_attributes())["a"].set_real(beyond == 0 ? 1e308 : HUGE_VAL); }},
      {"touchpoint", "has 65537 bytes; at most 65536 are taken",
       [](auto& t, int beyond) {
         t.set_text(std::string(16'000, 'x'));
         for (int i = 0; i < 47; ++i) (*t.mutable_attributes())[absl::StrCat("b", i)].set_text(std::string(1024, 'x'));
         // What is checked has its names normalised and with their keys.
         events::Touchpoint checked = *CheckedTouchpoint(t, "t", Secret(), kNow);
         const size_t left = kTouchpointBytesMax - checked.ByteSizeLong();
         ASSERT_LT(left, 1024u);
         (*t.mutable_attributes())["c"].set_text("");
         checked = *CheckedTouchpoint(t, "t", Secret(), kNow);
         // Three sizes are a byte longer above 127.
         t.mutable_attributes()->at("c").set_text(std::string(kTouchpointBytesMax - checked.ByteSizeLong() - 3 + beyond, 'x'));
       }},
  };
  for (const Limit& limit : limits) {
    events::Touchpoint touchpoint = Good();
    limit.make(touchpoint, 0);
    const absl::Status at = CheckedTouchpoint(touchpoint, "touchpoint", Secret(), kNow).status();
    EXPECT_TRUE(at.ok()) << limit.path << ": " << at;
    touchpoint = Good();
    limit.make(touchpoint, 1);
    const absl::Status beyond = CheckedTouchpoint(touchpoint, "touchpoint", Secret(), kNow).status();
    EXPECT_THAT(status::FieldViolationsOf(beyond), Contains(status::FieldViolation{limit.path, limit.what}))
        << limit.path << " " << limit.what << ": " << beyond;
  }
}

TEST(CheckedTouchpoint, AttributesAreInTheRangeOfTheirTypes) {
  const auto wrong = [](const std::function<void(events::AttributeValue&)>& make) {
    events::Touchpoint touchpoint = Good();
    make((*touchpoint.mutable_attributes())["a"]);
    const std::vector<status::FieldViolation> violations =
        status::FieldViolationsOf(CheckedTouchpoint(touchpoint, "t", Secret(), kNow).status());
    return violations.size() == 1 && violations[0].path == "t.attributes[a]";
  };
  constexpr int64_t kYear10000 = 253'402'300'800;
  EXPECT_FALSE(wrong([](auto& value) { value.mutable_time()->set_seconds(kYear10000 - 1); }));
  EXPECT_TRUE(wrong([](auto& value) { value.mutable_time()->set_seconds(kYear10000); }));
  EXPECT_TRUE(wrong([](auto& value) { value.mutable_time()->set_nanos(-1); }));
  constexpr int64_t kTenThousandYears = 315'576'000'000;
  EXPECT_FALSE(wrong([](auto& value) { value.mutable_duration()->set_seconds(kTenThousandYears); }));
  EXPECT_TRUE(wrong([](auto& value) { value.mutable_duration()->set_seconds(kTenThousandYears + 1); }));
  EXPECT_TRUE(wrong([](auto& value) {
    value.mutable_duration()->set_seconds(1);
    value.mutable_duration()->set_nanos(-1);
  }));
}

TEST(CheckedTouchpoint, ListsAllThatIsWrong) {
  events::Touchpoint touchpoint = Good();
  touchpoint.clear_id();
  touchpoint.set_stars(0);
  touchpoint.clear_channel();
  EXPECT_EQ(status::FieldViolationsOf(CheckedTouchpoint(touchpoint, "t", Secret(), kNow).status()).size(), 3u);
}

TEST(CheckedTouchpoint, NeverRepeatsAPersonalValue) {
  events::Touchpoint touchpoint = Good();
  touchpoint.mutable_names(1)->set_value("not an address");
  EXPECT_THAT(std::string(CheckedTouchpoint(touchpoint, "t", Secret(), kNow).status().message()),
              testing::Not(HasSubstr("not an address")));
}

TEST(CheckedTouchpoint, NamesTheFieldWithBadUtf8) {
  std::string bytes = Good().SerializeAsString();
  bytes[bytes.find("Jo@")] = '\xff';
  absl::StatusOr<events::Touchpoint> checked = CheckedTouchpoint(absl::string_view(bytes), "touchpoints[3]", Secret(), kNow);
  EXPECT_THAT(status::FieldViolationsOf(checked.status()),
              testing::ElementsAre(status::FieldViolation{"touchpoints[3].names[1].value", "is not valid UTF-8"}));
}

// Whatever is cut off or turned over: an answer, never a crash, and nothing but INVALID_ARGUMENT.
TEST(CheckedTouchpoint, BearsAnyBytes) {
  const std::string good = Good().SerializeAsString();
  for (size_t length = 0; length < good.size(); ++length) {
    absl::Status status = CheckedTouchpoint(absl::string_view(good).substr(0, length), "t", Secret(), kNow).status();
    EXPECT_TRUE(status.ok() || absl::IsInvalidArgument(status)) << status;
  }
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = good;
    for (int k = 0; k < 3; ++k) bytes[random() % bytes.size()] = static_cast<char>(random());
    absl::Status status = CheckedTouchpoint(absl::string_view(bytes), "t", Secret(), kNow).status();
    EXPECT_TRUE(status.ok() || absl::IsInvalidArgument(status)) << status;
  }
}

}  // namespace
}  // namespace touchstone::ingestion
