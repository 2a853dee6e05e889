#include "common/config/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "touchstone/events/v1/outreach.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::config {
namespace {

namespace events = touchstone::events::v1;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr absl::string_view kTouchpoint = R"(id: t-1
source: shop
type: order.delivered
names:
  - kind: customer
    value: "42"
  - {kind: NAME_KIND_EMAIL, value: jo@example.com}
channel: word-of-mouth
occur_time: 2026-11-22T07:25:00.000000005Z
sentiment: -0.5
stars: 4
money: {currency_code: EUR, units: -7}
attributes:
  gift: {flag: true}
  size: {integer: 12}
text: |
  first line
  second line
)";

std::string ErrorOf(absl::string_view text) {
  events::Touchpoint touchpoint;
  return std::string(ParseYaml("t.yaml", text, &touchpoint).message());
}

TEST(Yaml, BecomesTheMessage) {
  events::Touchpoint touchpoint;
  ASSERT_EQ(ParseYaml("t.yaml", kTouchpoint, &touchpoint), absl::OkStatus());
  EXPECT_EQ(touchpoint.id(), "t-1");
  ASSERT_EQ(touchpoint.names_size(), 2);
  EXPECT_EQ(touchpoint.names(0).kind(), events::NAME_KIND_CUSTOMER);
  EXPECT_EQ(touchpoint.names(1).kind(), events::NAME_KIND_EMAIL);
  EXPECT_EQ(touchpoint.channel(), events::CHANNEL_WORD_OF_MOUTH);
  EXPECT_EQ(touchpoint.occur_time().seconds(), 1'795'332'300);
  EXPECT_EQ(touchpoint.occur_time().nanos(), 5);
  EXPECT_EQ(touchpoint.sentiment(), -0.5);
  EXPECT_EQ(touchpoint.stars(), 4);
  EXPECT_EQ(touchpoint.money().units(), -7);
  EXPECT_TRUE(touchpoint.attributes().at("gift").flag());
  EXPECT_EQ(touchpoint.attributes().at("size").integer(), 12);
  EXPECT_EQ(touchpoint.text(), "first line\nsecond line\n");
}

TEST(Yaml, ReadsSpansOfTime) {
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(ParseYaml("r.yaml", "retry_delay: 1h30m", &retry).ok());
  EXPECT_EQ(retry.retry_delay().seconds(), 5'400);
}

TEST(Yaml, AnEmptyDocumentSetsNothing) {
  EXPECT_EQ(ErrorOf(""), "");
  EXPECT_EQ(ErrorOf("# only a comment\n"), "");
}

TEST(Yaml, AnUnknownFieldIsShownWithTheNearest) {
  EXPECT_EQ(ErrorOf("id: t-1\nchanel: phone\n"),
            "t.yaml:2:1: unknown field 'chanel'; did you mean 'channel'?\n"
            "    chanel: phone\n"
            "    ^");
}

TEST(Yaml, AWrongValueSaysWhatIsExpected) {
  EXPECT_THAT(ErrorOf("stars: many"), StartsWith("t.yaml:1:8: 'stars' expects a whole number"));
  EXPECT_THAT(ErrorOf("stars: 99999999999"), HasSubstr("whole number of 32 bits"));
  EXPECT_THAT(ErrorOf("sentiment: .nan"), HasSubstr("expects a number"));
  EXPECT_THAT(ErrorOf("sentiment: nan"), HasSubstr("expects a number"));
  EXPECT_THAT(ErrorOf("channel: phne"),
              StartsWith("t.yaml:1:10: 'phne' is no value of 'channel'; did you mean 'phone'?; expects web, app"));
  EXPECT_THAT(ErrorOf("channel: unspecified"), HasSubstr("is no value of 'channel'"));
  EXPECT_THAT(ErrorOf("occur_time: yesterday"), HasSubstr("expects a time such as 2026-11-22T07:25:00Z"));
  EXPECT_THAT(ErrorOf("occur_time: infinite-future"), HasSubstr("expects a time such as"));
  EXPECT_THAT(ErrorOf("occur_time: 12026-11-22T07:25:00Z"), HasSubstr("between the years 1 and 9999"));
  EXPECT_THAT(ErrorOf("attributes: {a: {flag: yes}}"), HasSubstr("expects true or false"));
}

TEST(Yaml, AWrongShapeSaysWhatIsExpected) {
  EXPECT_THAT(ErrorOf("names: customer:42"), HasSubstr("'names' expects a list, and here is a single value"));
  EXPECT_THAT(ErrorOf("id: [a]"), HasSubstr("'id' expects a single value, and here is a list"));
  EXPECT_THAT(ErrorOf("id:"), HasSubstr("'id' expects a single value, and here is nothing"));
  EXPECT_THAT(ErrorOf("money: 5"), HasSubstr("expects a map of Money, and here is a single value"));
  EXPECT_THAT(ErrorOf("attributes: [a]"), HasSubstr("'attributes' expects a map, and here is a list"));
  EXPECT_THAT(ErrorOf("- a"), HasSubstr("expects a map of Touchpoint, and here is a list"));
}

TEST(Yaml, NothingIsGivenTwice) {
  EXPECT_THAT(ErrorOf("id: a\nid: b\n"), StartsWith("t.yaml:2:1: 'id' is given twice"));
  EXPECT_THAT(ErrorOf("attributes:\n  a: {flag: true}\n  a: {flag: false}\n"), StartsWith("t.yaml:3:3: 'a' is given twice"));
  EXPECT_THAT(ErrorOf("attributes: {a: {flag: true, integer: 1}}"),
              HasSubstr("only one of text, integer, real, flag, time, duration can be given"));
  EXPECT_THAT(ErrorOf("id: a\n---\nid: b\n"), HasSubstr("a second document"));
}

TEST(Yaml, AllErrorsAreToldUpToALimit) {
  EXPECT_THAT(ErrorOf("stars: x\nsentiment: y\n"), testing::AllOf(HasSubstr("t.yaml:1:8"), HasSubstr("t.yaml:2:12")));
  std::string many;
  for (int i = 0; i < 100; ++i) absl::StrAppend(&many, "x", i, ": 1\n");
  const std::string error = ErrorOf(many);
  EXPECT_THAT(error, HasSubstr("t.yaml:20:1"));
  EXPECT_FALSE(absl::StrContains(error, "t.yaml:21:1"));
}

TEST(Yaml, WhatIsNoYamlIsShownToo) {
  EXPECT_THAT(ErrorOf("id: [a\n"), HasSubstr("is not YAML"));
  EXPECT_THAT(ErrorOf("id: caf\xE9"), StartsWith("t.yaml:1:8: is not valid UTF-8"));
  EXPECT_THAT(ErrorOf("id: *nobody"), HasSubstr("is not YAML"));
}

TEST(Yaml, CannotHangAReader) {
  EXPECT_THAT(ErrorOf(std::string(kYamlBytesMax + 1, '#')), HasSubstr("is larger than"));
  EXPECT_FALSE(ErrorOf(std::string(10'000, '[')).empty());
  EXPECT_FALSE(ErrorOf(absl::StrCat("names: &a [*a]")).empty()) << "a list that holds itself";
}

TEST(SourceMap, FindsEachField) {
  events::Touchpoint touchpoint;
  SourceMap sources;
  ASSERT_TRUE(ParseYaml("t.yaml", kTouchpoint, &touchpoint, &sources).ok());
  EXPECT_EQ(sources.Find("id"), (SourceLocation{"t.yaml", 1, 5}));
  EXPECT_EQ(sources.Find("names[0].value"), (SourceLocation{"t.yaml", 6, 12}));
  EXPECT_EQ(sources.Find("names[1].kind"), (SourceLocation{"t.yaml", 7, 12}));
  EXPECT_EQ(sources.Find("names[1].key"), sources.Find("names[1]")) << "left out: what is around it";
  EXPECT_EQ(sources.Find("attributes[size].integer"), (SourceLocation{"t.yaml", 15, 19}));
  EXPECT_EQ(sources.Find("nothing"), (SourceLocation{"t.yaml", 1, 1}));
}

TEST(SourceMap, FindsAPlaceInsideAText) {
  const absl::string_view text =
      "id: plain text\nsource: \"quoted\"\ntype: |\n  first line\n    second\n  third\ntext: >-\n\n  one\n  two\nlanguage: a\n  "
      "b c\n";
  events::Touchpoint touchpoint;
  SourceMap sources;
  ASSERT_EQ(ParseYaml("t.yaml", text, &touchpoint, &sources), absl::OkStatus());
  const auto inside = [&](absl::string_view path, const std::string& value, const char* word) {
    const SourceLocation location = sources.FindInside(path, value.find(word));
    return absl::StrCat(location.line, ":", location.column);
  };
  EXPECT_EQ(inside("id", touchpoint.id(), "text"), "1:11");
  EXPECT_EQ(inside("source", touchpoint.source(), "oted"), "2:12");
  EXPECT_EQ(inside("type", touchpoint.type(), "line"), "4:9");
  EXPECT_EQ(inside("type", touchpoint.type(), "second"), "5:5");
  EXPECT_EQ(inside("type", touchpoint.type(), "third"), "6:3");
  EXPECT_EQ(inside("text", touchpoint.text(), "two"), "10:3");
  EXPECT_EQ(inside("language", touchpoint.language(), "c"), "12:5");
  EXPECT_EQ(sources.Inside("type", 6, "unknown", "try that").Render(),
            "t.yaml:4:9: unknown\n    first line\n          ^\n    try that");
}

}  // namespace
}  // namespace touchstone::config
