#include "common/clock/proto_time.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace touchstone::clock {
namespace {

constexpr int32_t kNanosMax = 999'999'999;

absl::Time SmallestTime() { return absl::FromUnixSeconds(kTimestampSecondsMin); }
absl::Time LargestTime() { return absl::FromUnixSeconds(kTimestampSecondsMax) + absl::Nanoseconds(kNanosMax); }

}  // namespace

google::protobuf::Timestamp ToProto(absl::Time time) {
  time = std::clamp(time, SmallestTime(), LargestTime());
  const int64_t seconds = absl::ToUnixSeconds(time);  // Rounds down, also before 1970.
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

google::protobuf::Duration ToProto(absl::Duration span) {
  const absl::Duration largest = absl::Seconds(kDurationSecondsMax);
  span = std::clamp(span, -largest, largest);
  absl::Duration rest;
  google::protobuf::Duration duration;
  duration.set_seconds(absl::IDivDuration(span, absl::Seconds(1), &rest));  // Towards zero; the rest has the sign of the span.
  duration.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  return duration;
}

absl::StatusOr<absl::Time> CheckedTimeFrom(const google::protobuf::Timestamp& timestamp) {
  if (timestamp.seconds() < kTimestampSecondsMin || timestamp.seconds() > kTimestampSecondsMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("is a time outside the years 1 to 9999 (", timestamp.seconds(), " s since 1970)"));
  }
  if (timestamp.nanos() < 0 || timestamp.nanos() > kNanosMax) {
    return absl::InvalidArgumentError(absl::StrCat("has ", timestamp.nanos(), " nanos; 0 to ", kNanosMax, " are allowed"));
  }
  return TimeFrom(timestamp);
}

absl::StatusOr<absl::Duration> CheckedDurationFrom(const google::protobuf::Duration& duration) {
  if (duration.seconds() < -kDurationSecondsMax || duration.seconds() > kDurationSecondsMax) {
    return absl::InvalidArgumentError(absl::StrCat("is a span of ", duration.seconds(), " s; at most 10,000 years are allowed"));
  }
  if (duration.nanos() < -kNanosMax || duration.nanos() > kNanosMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("has ", duration.nanos(), " nanos; ", -kNanosMax, " to ", kNanosMax, " are allowed"));
  }
  if ((duration.seconds() < 0 && duration.nanos() > 0) || (duration.seconds() > 0 && duration.nanos() < 0)) {
    return absl::InvalidArgumentError("has seconds and nanos of different signs");
  }
  return DurationFrom(duration);
}

absl::Time TimeFrom(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

absl::Duration DurationFrom(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

}  // namespace touchstone::clock
