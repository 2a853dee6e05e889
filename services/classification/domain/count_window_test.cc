#include "services/classification/domain/count_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/limits.h"

namespace touchstone::classification {
namespace {

using testing::ElementsAre;

constexpr int64_t kHour = int64_t{3600} * 1'000'000'000;

CountClause InADay(uint64_t fingerprint) {
  CountClause clause;
  clause.fingerprint = fingerprint;
  clause.within = absl::Hours(24);
  return clause;
}

events::v1::Touchpoint At(int64_t time_ns, const std::string& id) {
  events::v1::Touchpoint touchpoint;
  touchpoint.set_id(id);
  *touchpoint.mutable_occur_time() = TimestampOf(time_ns);
  return touchpoint;
}

std::vector<std::string> IdsOf(const std::vector<const state::v1::Hit*>& hits) {
  std::vector<std::string> ids;
  for (const state::v1::Hit* hit : hits) ids.push_back(hit->id());
  return ids;
}

TEST(CountWindow, EndsJustBeforeItsSpanIsOver) {
  const CountClause clause = InADay(1);
  state::v1::FoldState state;
  AddHit(clause, 7, At(0, "first"), state);
  EXPECT_THAT(IdsOf(HitsOf(clause, 7, 24 * kHour - 1, state)), ElementsAre("first"));
  EXPECT_THAT(IdsOf(HitsOf(clause, 7, 24 * kHour, state)), ElementsAre());
  // What left the window is not kept either.
  AddHit(clause, 7, At(24 * kHour - 1, "second"), state);
  EXPECT_EQ(state.windows(0).hits_size(), 2);
  AddHit(clause, 7, At(24 * kHour, "third"), state);
  EXPECT_THAT(IdsOf(HitsOf(clause, 7, 24 * kHour, state)), ElementsAre("second", "third"));
  EXPECT_EQ(state.windows(0).hits_size(), 2);
}

TEST(CountWindow, OfTooManyHitsTheOldestGoes) {
  const CountClause clause = InADay(1);
  state::v1::FoldState state;
  for (int i = 0; i < kHitsMax; ++i) AddHit(clause, 7, At(i, absl::StrCat(i)), state);
  EXPECT_EQ(HitsOf(clause, 7, kHitsMax, state).size(), static_cast<size_t>(kHitsMax));
  AddHit(clause, 7, At(kHitsMax, "newest"), state);
  const std::vector<std::string> ids = IdsOf(HitsOf(clause, 7, kHitsMax, state));
  ASSERT_EQ(ids.size(), static_cast<size_t>(kHitsMax));
  EXPECT_EQ(ids.front(), "1");
  EXPECT_EQ(ids.back(), "newest");
}

TEST(CountWindow, EachClauseCountsItsOwnAndEachValueForItself) {
  state::v1::FoldState state;
  AddHit(InADay(1), 7, At(0, "a"), state);
  AddHit(InADay(2), 7, At(1, "b"), state);
  AddHit(InADay(1), 8, At(2, "c"), state);
  EXPECT_THAT(IdsOf(HitsOf(InADay(1), 7, 3, state)), ElementsAre("a"));
  EXPECT_THAT(IdsOf(HitsOf(InADay(1), 8, 3, state)), ElementsAre("c"));
  EXPECT_THAT(IdsOf(HitsOf(InADay(2), 7, 3, state)), ElementsAre("b"));
}

TEST(Seen, OfTooManyValuesTheOldestIsNewAgain) {
  FirstClause clause;
  clause.fingerprint = 1;
  state::v1::FoldState state;
  for (int i = 0; i < kSeenMax; ++i) MarkSeen(clause, i, state);
  EXPECT_TRUE(HasSeen(clause, 0, state));
  // A repeat takes no room.
  MarkSeen(clause, 5, state);
  EXPECT_TRUE(HasSeen(clause, 0, state));
  MarkSeen(clause, kSeenMax, state);
  EXPECT_EQ(state.seen_size(), kSeenMax);
  EXPECT_FALSE(HasSeen(clause, 0, state));
  EXPECT_TRUE(HasSeen(clause, 1, state));
  EXPECT_TRUE(HasSeen(clause, kSeenMax, state));
}

}  // namespace
}  // namespace touchstone::classification
