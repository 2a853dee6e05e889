#include "common/cel/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/cel/cel.h"
#include "common/cel/limits.h"
#include "touchstone/events/v1/options.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::cel {
namespace {

namespace events = touchstone::events::v1;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

bool IsMarkedPersonal(const google::protobuf::FieldDescriptor& field) { return field.options().GetExtension(events::personal); }

class TraceTest : public ::testing::Test {
 protected:
  TraceTest() {
    touchpoint_.set_type("order.delivered");
    touchpoint_.set_channel(events::CHANNEL_PHONE);
    touchpoint_.set_text("SECRET");
    events::Name& name = *touchpoint_.add_names();
    name.set_kind(events::NAME_KIND_EMAIL);
    name.set_value("SECRET");
    (*touchpoint_.mutable_attributes())["vip"].set_flag(true);
    (*touchpoint_.mutable_attributes())["note"].set_text("SECRET");
    activation_.Bind(0, touchpoint_);
  }

  // `text -> value` of each part.
  std::vector<std::string> Traced(absl::string_view text) {
    std::vector<std::string> lines;
    const Program program = Compile(environment_, text).value();
    const std::vector<cel::Traced> parts = Trace(program, activation_, IsMarkedPersonal).value();
    for (const cel::Traced& traced : parts) {
      EXPECT_EQ(absl::string_view(text).substr(traced.offset, traced.text.size()), traced.text);
      lines.push_back(absl::StrCat(traced.text, " -> ", traced.value));
    }
    return lines;
  }

  Environment environment_ = Environment::Builder()
                                 .Container("touchstone.events.v1")
                                 .Variable("touchpoint", Type::Message(events::Touchpoint::descriptor()))
                                 .EnumsOf(events::Touchpoint::descriptor()->file())
                                 .Build()
                                 .value();
  events::Touchpoint touchpoint_;
  Activation activation_{environment_};
};

TEST_F(TraceTest, EachPartWithItsValueInTheOrderOfEvaluation) {
  EXPECT_THAT(Traced(R"(touchpoint.channel == Channel.PHONE && touchpoint.stars + 1 > 2)"),
              ElementsAre("touchpoint -> Touchpoint{...}", "touchpoint.channel -> 4 (CHANNEL_PHONE)",
                          "touchpoint.channel == Channel.PHONE -> true", "touchpoint -> Touchpoint{...}", "touchpoint.stars -> 0",
                          "touchpoint.stars + 1 -> 1", "touchpoint.stars + 1 > 2 -> false",
                          "touchpoint.channel == Channel.PHONE && touchpoint.stars + 1 > 2 -> false"));
}

TEST_F(TraceTest, WhatWasNotNeededIsNotThere) {
  EXPECT_THAT(Traced("true || touchpoint.stars > 1"), ElementsAre("true || touchpoint.stars > 1 -> true"));
}

TEST_F(TraceTest, AnErrorIsSaidWhereItArises) {
  EXPECT_THAT(Traced("1 / touchpoint.stars > 1"), ElementsAre("touchpoint -> Touchpoint{...}", "touchpoint.stars -> 0",
                                                              "1 / touchpoint.stars -> error: division by zero",
                                                              "1 / touchpoint.stars > 1 -> error: division by zero"));
}

TEST_F(TraceTest, WhatIsPersonalIsNotShownAndItsTestsAre) {
  EXPECT_THAT(
      Traced("touchpoint.text.contains('x')"),
      ElementsAre("touchpoint -> Touchpoint{...}", "touchpoint.text -> (personal)", "touchpoint.text.contains('x') -> false"));
  EXPECT_THAT(Traced("touchpoint.attributes.vip.flag"),
              ElementsAre("touchpoint -> Touchpoint{...}", "touchpoint.attributes -> (personal)",
                          "touchpoint.attributes.vip -> (personal)", "touchpoint.attributes.vip.flag -> (personal)"));
}

TEST_F(TraceTest, NoWayAroundItShowsAPersonalValue) {
  for (absl::string_view text :
       {"touchpoint.text + '!'", "size(touchpoint.text)", "[touchpoint.text]", "{'a': touchpoint.text}", "{touchpoint.text: 1}",
        "true ? touchpoint.text : ''", "touchpoint.names.map(n, n.value)", "touchpoint.names.filter(n, n.value != '')",
        "touchpoint.names[0].value", "touchpoint.attributes.note.text", "touchpoint.attributes.map(k, k)", "touchpoint.names",
        "[touchpoint.text].map(t, t + 'x')", "[1].map(x, touchpoint.text)", "bytes(touchpoint.text)", "[[touchpoint]]",
        "[touchpoint.names[0].value].exists(t, t == 'a')", "touchpoint.text == 'SECRE'"}) {
    EXPECT_THAT(Traced(text), Each(Not(HasSubstr("SECRET")))) << text;
  }
}

TEST_F(TraceTest, AMacroShowsEachElementAndALongOneEndsWithTheWhole) {
  EXPECT_THAT(Traced("[1, 2].exists(x, x > 1)"),
              ElementsAre("x -> 1", "x > 1 -> false", "x -> 2", "x > 1 -> true", "[1, 2].exists(x, x > 1) -> true"));
  for (int i = 0; i < 1000; ++i) touchpoint_.add_names();
  const std::vector<std::string> lines = Traced("touchpoint.names.all(n, n.key == '')");
  EXPECT_THAT(lines, SizeIs(kTracedMax));
  EXPECT_EQ(lines.back(), "touchpoint.names.all(n, n.key == '') -> true");
}

TEST_F(TraceTest, ALongValueIsCut) {
  touchpoint_.set_topic(std::string(500, 'x'));
  EXPECT_THAT(Traced("touchpoint.topic").back(), ::testing::AllOf(HasSubstr("xxx..."), ::testing::SizeIs(::testing::Lt(120u))));
}

}  // namespace
}  // namespace touchstone::cel
