#include "common/calendar/time_of_day.h"

#include <gtest/gtest.h>

namespace touchstone::calendar {
namespace {

TEST(TimeOfDay, IsReadAndWritten) {
  EXPECT_EQ(*ParseTimeOfDay("00:00"), 0);
  EXPECT_EQ(*ParseTimeOfDay("7:05"), 425);
  EXPECT_EQ(*ParseTimeOfDay("23:59"), 1439);
  EXPECT_EQ(TimeOfDayText(425), "07:05");
  EXPECT_EQ(TimeOfDayText(0), "00:00");
}

TEST(TimeOfDay, RefusesWhatIsNone) {
  for (const char* text :
       {"", "22", "24:00", "22:60", "22:0", "22:000", ":30", "-1:30", "+1:30", "22:3x", " 22:00", "22:00 ", "100:00", "22.00"}) {
    EXPECT_EQ(ParseTimeOfDay(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace touchstone::calendar
