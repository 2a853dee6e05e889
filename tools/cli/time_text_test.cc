#include "tools/cli/time_text.h"

#include <gtest/gtest.h>

#include "common/clock/proto_time.h"

namespace touchstone::cli {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

TEST(ParseTime, TakesAbsoluteAndRelativeTimes) {
  EXPECT_EQ(*ParseTime("now", kNow), kNow);
  EXPECT_EQ(*ParseTime("-3d", kNow), kNow - absl::Hours(72));
  EXPECT_EQ(*ParseTime("+1h30m", kNow), kNow + absl::Minutes(90));
  EXPECT_EQ(*ParseTime("1970-01-01T00:00:10Z", kNow), absl::FromUnixSeconds(10));
  EXPECT_EQ(*ParseTime("1970-01-01T01:00:10+01:00", kNow), absl::FromUnixSeconds(10));
}

TEST(ParseTime, RefusesWhatIsNone) {
  for (const char* text : {"", "3d", "-", "-3 days", "tomorrow", "2026-11-22", "infinite-future"})
    EXPECT_FALSE(ParseTime(text, kNow).ok()) << text;
}

TEST(TimeText, ShowsSecondsWhereThereAreSome) {
  EXPECT_EQ(TimeText(clock::ToProto(absl::FromUnixSeconds(60)), absl::UTCTimeZone()), "1970-01-01 00:01");
  EXPECT_EQ(TimeText(clock::ToProto(absl::FromUnixSeconds(61)), absl::UTCTimeZone()), "1970-01-01 00:01:01");
  EXPECT_EQ(TimeText({}, absl::UTCTimeZone()), "");
}

TEST(SpanText, ShowsTheTwoLargestUnits) {
  EXPECT_EQ(SpanText(absl::Milliseconds(250)), "0.25s");
  EXPECT_EQ(SpanText(absl::Seconds(130)), "2m 10s");
  EXPECT_EQ(SpanText(absl::Hours(76)), "3d 4h");
}

}  // namespace
}  // namespace touchstone::cli
