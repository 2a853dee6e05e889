#include "common/cel/required_equalities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/cel/cel.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::cel {
namespace {

namespace events = touchstone::events::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RequiredEqualitiesTest : public ::testing::Test {
 protected:
  absl::optional<std::vector<std::string>> TypesOf(absl::string_view text) {
    return RequiredEqualities(Compile(environment_, text).value(), "touchpoint.type");
  }
  std::vector<std::string> KnownTypesOf(absl::string_view text) {
    const absl::optional<std::vector<std::string>> types = TypesOf(text);
    EXPECT_TRUE(types.has_value()) << text;
    return types.value_or(std::vector<std::string>{"(any)"});
  }

  Environment environment_ = Environment::Builder()
                                 .Variable("touchpoint", Type::Message(events::Touchpoint::descriptor()))
                                 .Variable("other", Type::Message(events::Touchpoint::descriptor()))
                                 .Build()
                                 .value();
};

TEST_F(RequiredEqualitiesTest, AreFoundWhereTheyDecide) {
  EXPECT_THAT(KnownTypesOf("touchpoint.type == 'a.b'"), ElementsAre("a.b"));
  EXPECT_THAT(KnownTypesOf("'a.b' == touchpoint.type"), ElementsAre("a.b"));
  EXPECT_THAT(KnownTypesOf("touchpoint.type in ['b', 'a', 'b']"), ElementsAre("a", "b"));
  EXPECT_THAT(KnownTypesOf("touchpoint.stars > 1 && touchpoint.type == 'a' && has(touchpoint.survey)"), ElementsAre("a"));
  EXPECT_THAT(KnownTypesOf("(touchpoint.type == 'a' && touchpoint.stars > 1) || touchpoint.type == 'b'"), ElementsAre("a", "b"));
  EXPECT_THAT(KnownTypesOf("touchpoint.type in ['a', 'b'] && touchpoint.type in ['b', 'c']"), ElementsAre("b"));
  EXPECT_THAT(KnownTypesOf("touchpoint.type == 'a' ? touchpoint.stars > 1 : touchpoint.type == 'b'"), ElementsAre("a", "b"));
  EXPECT_THAT(KnownTypesOf("touchpoint.type == 'a' && touchpoint.type == 'b'"), IsEmpty());
  EXPECT_THAT(KnownTypesOf("false"), IsEmpty());
  EXPECT_THAT(KnownTypesOf("touchpoint.type in ['a'] || false"), ElementsAre("a"));
}

TEST_F(RequiredEqualitiesTest, AreNotClaimedWhereOthersMayDo) {
  for (absl::string_view text :
       {"true", "touchpoint.stars > 1", "touchpoint.type != 'a'", "!(touchpoint.type == 'a')",
        "touchpoint.type == 'a' || touchpoint.stars > 1", "touchpoint.type == touchpoint.id", "other.type == 'a'",
        "touchpoint.type.startsWith('a')", "touchpoint.type in [touchpoint.id]",
        "touchpoint.type == 'a' ? touchpoint.stars > 1 : touchpoint.stars > 2", "['a'].exists(x, touchpoint.type == x)",
        "[touchpoint].exists(touchpoint, touchpoint.type == 'a')"}) {
    EXPECT_FALSE(TypesOf(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace touchstone::cel
