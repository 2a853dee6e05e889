#include "common/config/duration_text.h"

#include <gtest/gtest.h>

namespace touchstone::config {
namespace {

TEST(DurationText, IsReadWithItsUnit) {
  EXPECT_EQ(*ParseDuration("7d"), absl::Hours(168));
  EXPECT_EQ(*ParseDuration("2w"), absl::Hours(336));
  EXPECT_EQ(*ParseDuration("30s"), absl::Seconds(30));
  EXPECT_EQ(*ParseDuration("15m"), absl::Minutes(15));
  EXPECT_EQ(*ParseDuration("2h"), absl::Hours(2));
  EXPECT_EQ(*ParseDuration("250ms"), absl::Milliseconds(250));
  EXPECT_EQ(*ParseDuration("5us"), absl::Microseconds(5));
  EXPECT_EQ(*ParseDuration("1h30m"), absl::Minutes(90));
  EXPECT_EQ(*ParseDuration("0s"), absl::ZeroDuration());
}

TEST(DurationText, RefusesWhatIsNone) {
  for (const char* text :
       {"", "5", "d", "-5m", "+5m", "5 m", "5M", "1.5h", "30m1h", "1h1h", "5y", "99999999999999999999s", "9999999w"}) {
    EXPECT_EQ(ParseDuration(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace touchstone::config
