#include "common/clock/proto_time.h"

#include <gtest/gtest.h>

#include <limits>

namespace touchstone::clock {
namespace {

google::protobuf::Timestamp Timestamp(int64_t seconds, int32_t nanos) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(nanos);
  return timestamp;
}

google::protobuf::Duration Duration(int64_t seconds, int32_t nanos) {
  google::protobuf::Duration duration;
  duration.set_seconds(seconds);
  duration.set_nanos(nanos);
  return duration;
}

TEST(ProtoTime, TimesGoAndComeBackToTheNanosecond) {
  for (const absl::Time time : {absl::UnixEpoch(), absl::UnixEpoch() - absl::Nanoseconds(1),
                                absl::FromUnixSeconds(1'790'000'000) + absl::Nanoseconds(123'456'789),
                                absl::FromUnixSeconds(kTimestampSecondsMin), absl::FromUnixSeconds(kTimestampSecondsMax)}) {
    EXPECT_EQ(TimeFrom(ToProto(time)), time);
    EXPECT_EQ(*CheckedTimeFrom(ToProto(time)), time);
  }
  EXPECT_EQ(ToProto(absl::UnixEpoch() - absl::Nanoseconds(1)).nanos(), 999'999'999);
}

TEST(ProtoTime, ATimeBeyondTheRangeBecomesItsEnd) {
  EXPECT_EQ(ToProto(absl::InfiniteFuture()).seconds(), kTimestampSecondsMax);
  EXPECT_EQ(ToProto(absl::InfiniteFuture()).nanos(), 999'999'999);
  EXPECT_EQ(ToProto(absl::InfinitePast()).seconds(), kTimestampSecondsMin);
  EXPECT_EQ(ToProto(absl::InfinitePast()).nanos(), 0);
}

TEST(ProtoTime, ATimeThatIsNoneIsRefused) {
  EXPECT_TRUE(CheckedTimeFrom(Timestamp(kTimestampSecondsMax, 999'999'999)).ok());
  EXPECT_FALSE(CheckedTimeFrom(Timestamp(kTimestampSecondsMax + 1, 0)).ok());
  EXPECT_FALSE(CheckedTimeFrom(Timestamp(kTimestampSecondsMin - 1, 0)).ok());
  EXPECT_FALSE(CheckedTimeFrom(Timestamp(std::numeric_limits<int64_t>::max(), 0)).ok());
  EXPECT_FALSE(CheckedTimeFrom(Timestamp(0, 1'000'000'000)).ok());
  EXPECT_EQ(CheckedTimeFrom(Timestamp(0, -1)).status(), absl::InvalidArgumentError("has -1 nanos; 0 to 999999999 are allowed"));
}

TEST(ProtoTime, SpansGoAndComeBackToTheNanosecond) {
  for (const absl::Duration span : {absl::ZeroDuration(), absl::Nanoseconds(-1), absl::Milliseconds(-1'500), absl::Hours(24 * 7),
                                    absl::Seconds(kDurationSecondsMax), absl::Seconds(-kDurationSecondsMax)}) {
    EXPECT_EQ(DurationFrom(ToProto(span)), span);
    EXPECT_EQ(*CheckedDurationFrom(ToProto(span)), span);
  }
  EXPECT_EQ(ToProto(absl::Milliseconds(-1'500)).seconds(), -1);
  EXPECT_EQ(ToProto(absl::Milliseconds(-1'500)).nanos(), -500'000'000);
  EXPECT_EQ(ToProto(absl::InfiniteDuration()).seconds(), kDurationSecondsMax);
}

TEST(ProtoTime, ASpanThatIsNoneIsRefused) {
  EXPECT_FALSE(CheckedDurationFrom(Duration(kDurationSecondsMax + 1, 0)).ok());
  EXPECT_FALSE(CheckedDurationFrom(Duration(0, 1'000'000'000)).ok());
  EXPECT_FALSE(CheckedDurationFrom(Duration(1, -1)).ok());
  EXPECT_FALSE(CheckedDurationFrom(Duration(-1, 1)).ok());
  EXPECT_FALSE(CheckedDurationFrom(Duration(std::numeric_limits<int64_t>::min(), 0)).ok());
}

}  // namespace
}  // namespace touchstone::clock
