#include "common/calendar/quiet_hours.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/calendar/time_of_day.h"
#include "common/calendar/zone.h"

namespace touchstone::calendar {
namespace {

absl::TimeZone Zone(absl::string_view name) { return *LoadZone(name); }

QuietHours Quiet(absl::string_view from, absl::string_view to) { return {*ParseTimeOfDay(from), *ParseTimeOfDay(to)}; }

// A time by its text with offset, and back, so that a failure can be read.
absl::Time At(absl::string_view text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M%Ez", text, &time, &error)) << text << ": " << error;
  return time;
}

std::string Next(absl::string_view from, const std::vector<absl::TimeZone>& zones, const QuietHours& quiet) {
  const absl::Time next = NextNotQuiet(At(from), zones, quiet);
  return next == absl::InfiniteFuture() ? "never" : absl::FormatTime("%Y-%m-%d %H:%M%Ez", next, zones[0]);
}

TEST(QuietHours, FromIsQuietAndToIsNot) {
  const absl::TimeZone berlin = Zone("Europe/Berlin");
  const QuietHours lunch = Quiet("12:00", "13:00");
  EXPECT_FALSE(IsQuiet(At("2026-11-22 11:59+01:00"), berlin, lunch));
  EXPECT_TRUE(IsQuiet(At("2026-11-22 12:00+01:00"), berlin, lunch));
  EXPECT_TRUE(IsQuiet(At("2026-11-22 12:59+01:00") + absl::Seconds(59), berlin, lunch));
  EXPECT_FALSE(IsQuiet(At("2026-11-22 13:00+01:00"), berlin, lunch));
}

TEST(QuietHours, GoOverMidnight) {
  const absl::TimeZone berlin = Zone("Europe/Berlin");
  const QuietHours night = Quiet("22:00", "08:00");
  EXPECT_TRUE(IsQuiet(At("2026-11-22 23:00+01:00"), berlin, night));
  EXPECT_TRUE(IsQuiet(At("2026-11-22 00:00+01:00"), berlin, night));
  EXPECT_FALSE(IsQuiet(At("2026-11-22 08:00+01:00"), berlin, night));
  EXPECT_EQ(Next("2026-11-22 23:00+01:00", {berlin}, night), "2026-11-23 08:00+01:00");
  EXPECT_EQ(Next("2026-11-22 03:00+01:00", {berlin}, night), "2026-11-22 08:00+01:00");
  EXPECT_EQ(Next("2026-11-22 12:30+01:00", {berlin}, night), "2026-11-22 12:30+01:00");
}

TEST(QuietHours, EqualEndsAreNone) {
  EXPECT_EQ(Next("2026-11-22 23:00+01:00", {Zone("Europe/Berlin")}, Quiet("08:00", "08:00")), "2026-11-22 23:00+01:00");
}

TEST(QuietHours, WithoutAZoneNothingIsQuiet) {
  EXPECT_FALSE(IsQuiet(At("2026-11-22 23:00+01:00"), std::vector<absl::TimeZone>(), Quiet("22:00", "08:00")));
}

TEST(QuietHours, ASkippedEndIsTheChangeOfTheClock) {
  EXPECT_EQ(Next("2026-03-29 01:00+01:00", {Zone("Europe/Berlin")}, Quiet("22:00", "02:30")), "2026-03-29 03:00+02:00");
}

TEST(QuietHours, SaoPauloHadADayWithoutMidnight) {
  const absl::TimeZone sao_paulo = Zone("America/Sao_Paulo");
  EXPECT_EQ(Next("2018-11-03 22:30-03:00", {sao_paulo}, Quiet("22:00", "00:00")), "2018-11-04 01:00-02:00");
  EXPECT_EQ(Next("2018-11-03 22:30-03:00", {sao_paulo}, Quiet("22:00", "08:00")), "2018-11-04 08:00-02:00");
  EXPECT_EQ(Next("2018-11-03 23:30-03:00", {sao_paulo}, Quiet("00:15", "00:45")), "2018-11-03 23:30-03:00") << "it never came";
}

TEST(QuietHours, SaoPauloHadAnHourTwice) {
  // At midnight of the 18th the clock went back to 23:00 of the 17th.
  const absl::TimeZone sao_paulo = Zone("America/Sao_Paulo");
  EXPECT_EQ(Next("2018-02-17 23:15-02:00", {sao_paulo}, Quiet("22:00", "23:30")), "2018-02-17 23:30-02:00");
  EXPECT_TRUE(IsQuiet(At("2018-02-17 23:10-03:00"), sao_paulo, Quiet("22:00", "23:30"))) << "quiet a second time";
  EXPECT_EQ(Next("2018-02-17 23:10-03:00", {sao_paulo}, Quiet("22:00", "23:30")), "2018-02-17 23:30-03:00");
  EXPECT_EQ(Next("2018-02-17 22:30-02:00", {sao_paulo}, Quiet("22:00", "08:00")), "2018-02-18 08:00-03:00");
}

TEST(QuietHours, AClockSetBackMayEndTheQuiet) {
  const absl::TimeZone berlin = Zone("Europe/Berlin");
  const QuietHours early = Quiet("02:30", "05:00");
  EXPECT_EQ(Next("2026-10-25 02:45+02:00", {berlin}, early), "2026-10-25 02:00+01:00");
  EXPECT_EQ(Next("2026-10-25 02:45+01:00", {berlin}, early), "2026-10-25 05:00+01:00");
}

TEST(QuietHours, OfAnUnknownZoneAreThoseOfAllCandidates) {
  const std::vector<absl::TimeZone> brazil = {Zone("America/Sao_Paulo"), Zone("America/Rio_Branco")};  // -03:00 and -05:00.
  const QuietHours night = Quiet("21:00", "08:00");
  EXPECT_EQ(Next("2026-11-22 20:59-03:00", brazil, night), "2026-11-22 20:59-03:00");
  EXPECT_EQ(Next("2026-11-22 21:00-03:00", brazil, night), "2026-11-23 10:00-03:00");
  EXPECT_EQ(Next("2026-11-23 08:30-03:00", brazil, night), "2026-11-23 10:00-03:00");
}

TEST(QuietHours, WhereSomewhereIsAlwaysQuietThereIsNoNextTime) {
  const std::vector<absl::TimeZone> world = {Zone("Asia/Tokyo"), Zone("Europe/Berlin"), Zone("America/Los_Angeles")};
  EXPECT_EQ(Next("2026-11-22 12:00+09:00", world, Quiet("20:00", "08:00")), "never");
}

TEST(QuietHours, RefuseMinutesThatAreNone) {
  EXPECT_TRUE(CheckQuietHours({0, 1439}).ok());
  EXPECT_FALSE(CheckQuietHours({-1, 0}).ok());
  EXPECT_FALSE(CheckQuietHours({0, 1440}).ok());
}

TEST(QuietHours, TimesWithoutAnEndStay) {
  const std::vector<absl::TimeZone> zones = {Zone("Europe/Berlin")};
  EXPECT_EQ(NextNotQuiet(absl::InfiniteFuture(), zones, Quiet("00:00", "23:59")), absl::InfiniteFuture());
}

// Every quarter of an hour around the changes of four clocks, against looking at each minute.
TEST(QuietHours, EqualAWalkMinuteByMinute) {
  const std::vector<std::vector<absl::TimeZone>> cases = {
      {Zone("Europe/Berlin")},
      {Zone("America/Sao_Paulo")},
      {Zone("Australia/Lord_Howe")},  // Changes by half an hour.
      {Zone("America/Sao_Paulo"), Zone("Europe/Berlin"), Zone("America/New_York")}};
  const std::vector<QuietHours> quiets = {Quiet("22:00", "08:00"), Quiet("02:30", "02:00"), Quiet("23:30", "00:30"),
                                          Quiet("01:15", "02:45"), Quiet("00:00", "23:59")};
  const std::vector<absl::Time> starts = {At("2018-02-17 12:00+00:00"), At("2018-03-24 12:00+00:00"),
                                          At("2018-03-31 06:00+00:00"), At("2018-10-06 06:00+00:00"),
                                          At("2018-10-27 18:00+00:00"), At("2018-11-03 18:00+00:00")};
  for (const auto& zones : cases) {
    for (const QuietHours& quiet : quiets) {
      for (const absl::Time start : starts) {
        absl::Time walked = start + absl::Hours(72);
        const absl::Time end = start + absl::Hours(72) + kQuietHorizon;
        while (walked <= end && IsQuiet(walked, zones, quiet)) walked += absl::Minutes(1);
        if (walked > end) walked = absl::InfiniteFuture();
        // Backwards, so that the walk is done once: the answer for a minute is itself, or that of the next.
        for (absl::Time time = start + absl::Hours(72); time >= start; time -= absl::Minutes(1)) {
          if (!IsQuiet(time, zones, quiet)) walked = time;
          if (absl::ToUnixSeconds(time) % 900 != 0) continue;
          ASSERT_EQ(NextNotQuiet(time, zones, quiet), walked)
              << absl::FormatTime(time, zones[0]) << " quiet from " << TimeOfDayText(quiet.from_minute) << " to "
              << TimeOfDayText(quiet.to_minute);
        }
      }
    }
  }
}

}  // namespace
}  // namespace touchstone::calendar
