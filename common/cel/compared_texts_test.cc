#include "common/cel/compared_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/cel/cel.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::cel {
namespace {

namespace events = touchstone::events::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> TypesIn(absl::string_view text) {
  const Environment environment = Environment::Builder()
                                      .Variable("touchpoint", Type::Message(events::Touchpoint::descriptor()))
                                      .Variable("other", Type::Message(events::Touchpoint::descriptor()))
                                      .Build()
                                      .value();
  std::vector<std::string> types;
  for (const ComparedText& each : ComparedTexts(Compile(environment, text).value(), "touchpoint.type"))
    types.push_back(absl::StrCat(each.text, "@", each.offset));
  return types;
}

TEST(ComparedTexts, StandWhereTheyAreWritten) {
  EXPECT_THAT(TypesIn("touchpoint.type == 'a.b'"), ElementsAre("a.b@19"));
  EXPECT_THAT(TypesIn("\"a.b\" != touchpoint.type || !(touchpoint.type == 'c')"), ElementsAre("a.b@0", "c@49"));
  EXPECT_THAT(TypesIn("touchpoint.type in ['b', \"a\"]"), ElementsAre("b@20", "a@25"));
  EXPECT_THAT(TypesIn("touchpoint.names.exists(n, touchpoint.type == n.value || touchpoint.type == 'x')"), ElementsAre("x@76"));
}

TEST(ComparedTexts, AreThoseOfThatPathAlone) {
  EXPECT_THAT(TypesIn("other.type == 'a' || touchpoint.topic == 'b' || touchpoint.type.startsWith('c')"), IsEmpty());
  EXPECT_THAT(TypesIn("touchpoint.type == other.type || touchpoint.type == 'a' + other.type"), IsEmpty());
}

}  // namespace
}  // namespace touchstone::cel
