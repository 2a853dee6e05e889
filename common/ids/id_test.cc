#include "common/ids/id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace touchstone::ids {
namespace {

using ::testing::MatchesRegex;

TEST(DerivedId, IsOwnerTildeAnd26Letters) {
  const std::string id = DerivedId("customer:42", {"play", "recover"});
  EXPECT_THAT(id, MatchesRegex("customer:42~[0-9a-hjkmnp-tv-z]{26}"));
  EXPECT_EQ(id, DerivedId("customer:42", {"play", "recover"}));
  EXPECT_EQ(id, "customer:42~rpaa1b5s2zbv417sp8989dqwz9") << "ids are stored: they may never change";
}

TEST(DerivedId, DependsOnEachPartAndWhereItEnds) {
  const std::set<std::string> ids = {DerivedId("a", {"ab", "c"}), DerivedId("a", {"a", "bc"}),     DerivedId("a", {"abc"}),
                                     DerivedId("a", {"abc", ""}), DerivedId("a", {"", "abc"}),     DerivedId("a", {}),
                                     DerivedId("a", {"c", "ab"}), DerivedId("a", {"ab", "c", ""}), DerivedId("a", {""})};
  EXPECT_EQ(ids.size(), 9u);
}

TEST(OwnerOf, FindsTheOwnerAgain) {
  EXPECT_EQ(*OwnerOf(DerivedId("customer:42", {"x"})), "customer:42");
  EXPECT_EQ(*OwnerOf(DerivedId("pool~with~tildes", {"x"})), "pool~with~tildes");
}

TEST(OwnerOf, RefusesWhatIsNoId) {
  for (const std::string& text :
       {std::string(), std::string("customer:42"), std::string("~") + std::string(26, 'a'), std::string("customer:42~abc"),
        std::string("customer:42~") + std::string(26, 'u'), std::string("customer:42~") + std::string(27, 'a')}) {
    EXPECT_EQ(OwnerOf(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(MomentId, IsByRuleAndTriggerAlone) {
  const std::string id = MomentId("customer:42", "retail", "third.promise-broken", "shop", "t-1");
  EXPECT_EQ(*OwnerOf(id), "customer:42");
  const std::set<std::string> ids = {id, MomentId("customer:42", "core", "third.promise-broken", "shop", "t-1"),
                                     MomentId("customer:42", "retail", "other", "shop", "t-1"),
                                     MomentId("customer:42", "retail", "third.promise-broken", "crm", "t-1"),
                                     MomentId("customer:42", "retail", "third.promise-broken", "shop", "t-2")};
  EXPECT_EQ(ids.size(), 5u);
}

TEST(RecordId, SaysWhatCausedTheRecord) { EXPECT_EQ(RecordId("touchpoints.v1", 3, 1042, 0), "touchpoints.v1:3:1042:0"); }

TEST(TimerRecordId, SaysWhenAndTellsTimersApart) {
  const absl::Time due = absl::FromCivil(absl::CivilSecond(2026, 11, 22, 7, 25, 0), absl::UTCTimeZone());
  const std::string id = TimerRecordId("journey", 3, "customer:42/promise/A", due, 0);
  EXPECT_THAT(id, MatchesRegex("journey:3:at20261122T072500Z:k[0-9a-z]{20}:0"));
  const std::set<std::string> ids = {id,
                                     TimerRecordId("journey", 3, "customer:42/promise/B", due, 0),
                                     TimerRecordId("journey", 3, "customer:42/promise/A", due + absl::Nanoseconds(1), 0),
                                     TimerRecordId("journey", 3, "customer:42/promise/A", due - absl::Nanoseconds(1), 0),
                                     TimerRecordId("journey", 3, "customer:42/promise/A", due, 1),
                                     TimerRecordId("journey", 4, "customer:42/promise/A", due, 0),
                                     TimerRecordId("case", 3, "customer:42/promise/A", due, 0)};
  EXPECT_EQ(ids.size(), 7u);
}

}  // namespace
}  // namespace touchstone::ids
