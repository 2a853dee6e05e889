#include "services/outreach/domain/planner.h"

#include <gtest/gtest.h>

namespace touchstone::outreach {
namespace {

absl::TimeZone Berlin() {
  absl::TimeZone zone;
  absl::LoadTimeZone("Europe/Berlin", &zone);
  return zone;
}

absl::Time In(absl::TimeZone zone, absl::CivilMinute minute) { return absl::FromCivil(minute, zone); }

TEST(AfterWaits, SpansAddUpAndTimesOfDayAreTheNext) {
  const absl::Time nine = In(Berlin(), absl::CivilMinute(2026, 3, 2, 9, 0));
  EXPECT_EQ(AfterWaits({}, nine, Berlin()), nine);
  EXPECT_EQ(AfterWaits({{absl::Hours(1), {}}, {absl::Hours(2), {}}}, nine, Berlin()), nine + absl::Hours(3));
  const std::vector<Wait> until_ten = {{{}, 10 * 60}};
  EXPECT_EQ(AfterWaits(until_ten, nine, Berlin()), nine + absl::Hours(1));
  EXPECT_EQ(AfterWaits(until_ten, nine + absl::Hours(1), Berlin()), nine + absl::Hours(1));
  EXPECT_EQ(AfterWaits(until_ten, nine + absl::Hours(2), Berlin()), nine + absl::Hours(25));
}

TEST(AfterWaits, TenOClockIsTenOClockAfterTheClockWasChanged) {
  const absl::Time saturday = In(Berlin(), absl::CivilMinute(2026, 3, 28, 11, 0));
  EXPECT_EQ(AfterWaits({{{}, 10 * 60}}, saturday, Berlin()), saturday + absl::Hours(22));
}

TEST(AfterWaits, AMinuteThatTheDaySkipsIsTheEndOfTheGap) {
  const absl::Time midnight = In(Berlin(), absl::CivilMinute(2026, 3, 29, 0, 0));
  EXPECT_EQ(AfterWaits({{{}, 2 * 60 + 30}}, midnight, Berlin()), In(Berlin(), absl::CivilMinute(2026, 3, 29, 3, 0)));
}

TEST(OutreachLetters, FollowFromPlayMomentAndStepAlone) {
  const std::string letters = OutreachLetters("play", "customer:1~m", "step");
  EXPECT_EQ(letters.size(), 26);
  EXPECT_EQ(letters, OutreachLetters("play", "customer:1~m", "step"));
  EXPECT_NE(letters, OutreachLetters("pla", "ycustomer:1~m", "step"));
  EXPECT_NE(letters, OutreachLetters("play", "customer:1~m", "other"));
}

}  // namespace
}  // namespace touchstone::outreach
