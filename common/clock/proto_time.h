#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

// absl times to and from protobuf's, exact to the nanosecond. Pure functions, any thread.
//
// A Timestamp reaches from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z, a Duration 315,576,000,000 s (about 10,000
// years) either way. What others sent is read with Checked...; what was checked before, or written here, without.
namespace touchstone::clock {

inline constexpr int64_t kTimestampSecondsMin = -62'135'596'800;
inline constexpr int64_t kTimestampSecondsMax = 253'402'300'799;
inline constexpr int64_t kDurationSecondsMax = 315'576'000'000;

// Outside the range the nearest end is taken (so InfiniteFuture is the last nanosecond of 9999); below a nanosecond is cut:
// downwards for a time, towards zero for a span.
google::protobuf::Timestamp ToProto(absl::Time time);
google::protobuf::Duration ToProto(absl::Duration span);

// INVALID_ARGUMENT where seconds or nanos are outside what protobuf allows, or the signs of a Duration's parts differ. The
// text says what is wrong and fits behind a field path: `touchpoint.occur_time: ...`.
absl::StatusOr<absl::Time> CheckedTimeFrom(const google::protobuf::Timestamp& timestamp);
absl::StatusOr<absl::Duration> CheckedDurationFrom(const google::protobuf::Duration& duration);

// Never fail: parts are simply added.
absl::Time TimeFrom(const google::protobuf::Timestamp& timestamp);
absl::Duration DurationFrom(const google::protobuf::Duration& duration);

}  // namespace touchstone::clock
