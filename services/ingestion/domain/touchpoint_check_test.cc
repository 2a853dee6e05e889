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
