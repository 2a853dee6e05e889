#include "services/outreach/domain/message_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/clock/proto_time.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;
using ::testing::HasSubstr;

using Defaults = std::map<std::string, std::string>;

std::string Rendered(absl::string_view text, const Defaults& defaults, const TemplateValues& values) {
  std::variant<Wording, WordingError> parsed = Wording::Parse(text, defaults);
  if (const WordingError* error = std::get_if<WordingError>(&parsed)) return error->message;
  return std::get<Wording>(parsed).Render(values);
}

WordingError ErrorOf(absl::string_view text, const Defaults& defaults = {}) {
  const std::variant<Wording, WordingError> parsed = Wording::Parse(text, defaults);
  const WordingError* error = std::get_if<WordingError>(&parsed);
  return error == nullptr ? WordingError{999, "no error"} : *error;
}

TemplateValues Values() {
  events::MomentOfTruth moment;
  moment.set_says("the parcel is late");
  moment.set_stage(events::STAGE_EXPERIENCE);
  moment.set_severity(70);
  moment.mutable_strand()->set_kind(events::CORRELATION_KIND_ORDER);
  moment.mutable_strand()->set_id("A-1");
  events::JourneyDigest journey;
  const auto promise = [&](const char* order, const char* what, int64_t until) {
    events::PromiseState& state = *journey.add_promises();
    state.mutable_strand()->set_kind(events::CORRELATION_KIND_ORDER);
    state.mutable_strand()->set_id(order);
    state.mutable_promise()->set_what(what);
    state.mutable_promise()->mutable_until_time()->set_seconds(until);
  };
  promise("B-2", "a call", 1'772'000'000);
  promise("A-1", "delivery", 1'772'409'600);  // 2026-03-02 00:00 UTC
  return ValuesOf(moment, journey, absl::FixedTimeZone(-3 * 3600));
}

TEST(MessageTemplate, NamesAreFieldsOfTheMomentTheJourneyAndThePromiseOfItsStrand) {
  EXPECT_EQ(Rendered("{{moment.says}}: {{ moment.strand.id }} ({{moment.severity}})",
                     {{"moment.says", "-"}, {"moment.strand.id", "-"}, {"moment.severity", "-"}}, Values()),
            "the parcel is late: A-1 (70)");
  EXPECT_EQ(Rendered("{{promise.what}} until {{promise.until_time}}, {{moment.stage}}",
                     {{"promise.what", "-"}, {"promise.until_time", "-"}, {"moment.stage", "-"}}, Values()),
            "delivery until 2026-03-01, experience");
}

TEST(MessageTemplate, AMissingValueTakesItsDefault) {
  const Defaults defaults = {{"moment.question", "why?"}, {"journey.stage", "somewhere"}, {"promise.until_time", "soon"}};
  EXPECT_EQ(Rendered("{{moment.question}} {{journey.stage}} {{promise.until_time}}", defaults, TemplateValues()),
            "why? somewhere soon");
}

TEST(MessageTemplate, WhatIsWrongIsSaidAtItsPlace) {
  EXPECT_EQ(ErrorOf("Dear {{customer.name}}").offset, 7);
  EXPECT_THAT(ErrorOf("Dear {{customer.name}}").message, HasSubstr("starts with moment, journey or promise"));
  EXPECT_THAT(ErrorOf("{{moment.sais}}").message, HasSubstr("says"));
  EXPECT_THAT(ErrorOf("{{moment.evidence}}").message, HasSubstr("is a list"));
  EXPECT_THAT(ErrorOf("{{moment.strand}}").message, HasSubstr("is no text"));
  EXPECT_THAT(ErrorOf("{{moment.says.more}}").message, HasSubstr("goes on after a value"));
  EXPECT_THAT(ErrorOf("{{moment.says}}").message, HasSubstr("has no default"));
  EXPECT_THAT(ErrorOf("{{moment}}").message, HasSubstr("is no text"));
  EXPECT_EQ(ErrorOf("abc {{moment.says").offset, 4);
  EXPECT_EQ(ErrorOf("abc }} def").offset, 4);
  EXPECT_THAT(ErrorOf("{{}}").message, HasSubstr("is unknown"));
}

TEST(MessageTemplate, ARenderedTextIsBoundedAndCutAtACharacter) {
  TemplateValues values = Values();
  for (int i = 0; i < 10'000; ++i) values.moment.mutable_says()->append("é");
  const std::string text = Rendered("{{moment.says}}", {{"moment.says", "-"}}, values);
  EXPECT_LE(text.size(), Wording::kRenderedBytesMax);
  EXPECT_GE(text.size(), Wording::kRenderedBytesMax - 1);
  EXPECT_EQ(text.substr(text.size() - 2), "é");
}

TEST(MessageTemplate, TheNearestLanguageIsTaken) {
  MessageTemplate message{"m", {{"en", {}, {}}, {"pt-BR", {}, {}}, {"pt", {}, {}}}};
  EXPECT_EQ(message.For("pt").language, "pt");
  EXPECT_EQ(message.For("pt-PT").language, "pt-BR");
  EXPECT_EQ(message.For("de").language, "en");
  EXPECT_EQ(message.For("").language, "en");
}

}  // namespace
}  // namespace touchstone::outreach
