#include "common/calendar/zone.h"

#include <gtest/gtest.h>

namespace touchstone::calendar {
namespace {

TEST(Zone, IsLoadedByItsIanaName) {
  for (const char* name : {"Europe/Berlin", "America/Sao_Paulo", "America/Argentina/Buenos_Aires", "Etc/GMT+3", "UTC"}) {
    ASSERT_TRUE(LoadZone(name).ok()) << name;
    EXPECT_EQ(LoadZone(name)->name(), name);
  }
}

TEST(Zone, RefusesWhatIsNone) {
  for (const char* name : {"", "Berlin", "europe/berlin", "/etc/passwd", "Europe/../../etc/passwd", "localtime",
                           "Fixed/UTC+01:00:00", "Europe/Berlin\n", "Mars/Olympus"}) {
    EXPECT_EQ(LoadZone(name).status().code(), absl::StatusCode::kInvalidArgument) << name;
  }
}

TEST(Zone, TellsThePersonsTime) {
  const absl::Time time = absl::FromCivil(absl::CivilSecond(2026, 11, 22, 1, 40, 0), absl::UTCTimeZone());
  EXPECT_EQ(LocalText(time, *LoadZone("America/Sao_Paulo")), "22:40 in America/Sao_Paulo");
}

}  // namespace
}  // namespace touchstone::calendar
