#include "services/classification/domain/strike_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/limits.h"

namespace touchstone::classification {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kDay = int64_t{24} * 3600 * 1'000'000'000;
constexpr absl::Duration kTenDays = absl::Hours(240);

events::v1::Strike StrikeAt(int64_t time_ns, const std::string& incident, Hundredths weight, int64_t lifetime_ns = 300 * kDay) {
  events::v1::Strike strike;
  strike.set_incident(incident);
  strike.set_weight_hundredths(weight);
  *strike.mutable_occur_time() = TimestampOf(time_ns);
  *strike.mutable_expire_time() = TimestampOf(time_ns + lifetime_ns);
  return strike;
}

events::v1::Recovery RecoveryAt(int64_t time_ns, Hundredths credit) {
  events::v1::Recovery recovery;
  recovery.set_credit_hundredths(credit);
  *recovery.mutable_occur_time() = TimestampOf(time_ns);
  return recovery;
}

TEST(StrikeLedger, AnIncidentTakesStrikesUntilJustBeforeItsEnd) {
  for (const int64_t at : {10 * kDay - 1, 10 * kDay}) {
    state::v1::FoldState state;
    StrikeLedger ledger(state);
    ledger.Add(StrikeAt(0, "parcel", 100), kTenDays, nullptr);
    ledger.Add(StrikeAt(at, "parcel", 100), kTenDays, nullptr);
    EXPECT_EQ(ledger.CountAt(at), at < 10 * kDay ? 100 : 200);
  }
}

TEST(StrikeLedger, WhereTheMostIncidentsAreTheOldestThatCountsNoMoreGoes) {
  state::v1::FoldState state;
  StrikeLedger ledger(state);
  for (int i = 0; i < kIncidentsMax; ++i) {
    // The third does not count for long.
    ledger.Add(StrikeAt(i, absl::StrCat(i), 100, i == 2 ? 100 : kDay), kTenDays, nullptr);
  }
  ledger.Add(StrikeAt(1000, "a", 100), kTenDays, nullptr);
  ASSERT_EQ(state.incidents_size(), kIncidentsMax);
  EXPECT_EQ(state.incidents(0).key(), "0");
  EXPECT_EQ(state.incidents(1).key(), "1");
  EXPECT_EQ(state.incidents(2).key(), "3");
  // Where all count, the oldest.
  ledger.Add(StrikeAt(1001, "b", 100), kTenDays, nullptr);
  ASSERT_EQ(state.incidents_size(), kIncidentsMax);
  EXPECT_EQ(state.incidents(0).key(), "1");
}

TEST(StrikeLedger, OfTooManyStrikesOfAnIncidentTheLightestGoes) {
  state::v1::FoldState state;
  StrikeLedger ledger(state);
  for (int i = 0; i <= kStrikesPerIncidentMax; ++i) ledger.Add(StrikeAt(i, "parcel", i == 4 ? 20 : 100 + i), kTenDays, nullptr);
  ASSERT_EQ(state.incidents_size(), 1);
  std::vector<Hundredths> weights;
  for (const state::v1::StrikeEntry& strike : state.incidents(0).strikes()) weights.push_back(strike.weight_hundredths());
  EXPECT_THAT(weights, ElementsAre(100, 101, 102, 103, 105, 106, 107, 108));
}

TEST(StrikeLedger, ARecoveryPaysTheNewestFirstAndWhatIsLeftTheOneBefore) {
  state::v1::FoldState state;
  StrikeLedger ledger(state);
  ledger.Add(StrikeAt(0, "old", 100), kTenDays, nullptr);
  ledger.Add(StrikeAt(1, "new", 100), kTenDays, nullptr);
  EXPECT_EQ(ledger.Recover(RecoveryAt(2, 150), nullptr), 150);
  EXPECT_EQ(CountOf(state.incidents(0), 2), 50);
  EXPECT_EQ(CountOf(state.incidents(1), 2), 0);
}

TEST(StrikeLedger, LevelsEndAtThree) {
  EXPECT_THAT(CrossedUpwards(80, 210), ElementsAre(1, 2));
  EXPECT_THAT(CrossedUpwards(250, 900), ElementsAre(3));
  EXPECT_THAT(CrossedUpwards(300, 500), IsEmpty());
  EXPECT_THAT(CrossedUpwards(200, 100), IsEmpty());
}

}  // namespace
}  // namespace touchstone::classification
