#include "tools/cli/message_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::cli {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(absl::string_view json) {
  events::v1::Touchpoint touchpoint;
  return std::string(ParseJson(json, touchpoint).message());
}

TEST(ParseJson, SaysWhichFieldIsWrongAndWhatMayStandThere) {
  const struct {
    absl::string_view json;
    std::string says;
  } cases[] = {
      {R"({"channel": "web"})", "channel: \"web\" is none of CHANNEL_WEB, "},
      {R"({"channel": "web"})", "; did you mean 'CHANNEL_WEB'?"},
      {R"({"channel": "CHANNEL_WEP"})", "; did you mean 'CHANNEL_WEB'?"},
      {R"({"names": [{"kind": "customer"}]})", "names[0].kind: \"customer\" is none of NAME_KIND_CUSTOMER, "},
      {R"({"chanel": 1})", "chanel: is no field of it; did you mean 'channel'?"},
      {R"({"names": [{"knd": 1}]})", "names[0].knd: is no field of it; did you mean 'kind'?"},
      {R"({"names": ["customer:42"]})", "names[0]: \"customer:42\" is no object of kind, value"},
      {R"({"occur_time": "yesterday"})", "occur_time: is no time: write \"2026-11-22T07:25:00Z\""},
      {R"({"stars": "many"})", "stars: \"many\" is no int32"},
      {"[1]", "is no JSON of a Touchpoint: Root element must be a message."},
      {R"({"stars": x})", "is no JSON of a Touchpoint: 1:11: Unexpected token.\n    {\"stars\": x}\n              ^"},
  };
  for (const auto& one : cases) EXPECT_THAT(ErrorOf(one.json), HasSubstr(one.says)) << one.json;
}

TEST(ParseJson, AFaultInALongLineIsShownWithWhatIsAroundIt) {
  const std::string text(3000, 'x');
  const std::string error = ErrorOf("{\"text\": \"" + text + "\", \"stars\": 1 \"topic\": \"" + text + "\"}");
  EXPECT_THAT(error, HasSubstr("is no JSON of a Touchpoint: 1:3025: Expected , or } after key:value pair.\n"));
  EXPECT_LT(error.size(), 400u);
  EXPECT_THAT(ErrorOf("{\n  \"stars\": 1\n  \"topic\": \"x\"\n}"), HasSubstr(": 3:3: Expected"));
}

TEST(ParseJson, TakesWhatJsonLineSays) {
  events::v1::Touchpoint touchpoint;
  touchpoint.set_type("order.purchased");
  touchpoint.set_channel(events::v1::CHANNEL_WEB);
  events::v1::Touchpoint read;
  EXPECT_TRUE(ParseJson(JsonLine(touchpoint), read).ok());
  EXPECT_EQ(read.SerializeAsString(), touchpoint.SerializeAsString());
}

}  // namespace
}  // namespace touchstone::cli
