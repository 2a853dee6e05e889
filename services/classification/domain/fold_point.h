#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

// The order of a journey: touchpoints by (time, source, id), and a deadline after every touchpoint of its time. It depends
// on what happened alone, never on what arrived when. Pure functions, any thread.
namespace touchstone::classification {

// Nanoseconds since 1970; what lies beyond 1677 to 2262 is taken as the nearest end.
int64_t Nanos(absl::Time time);
int64_t Nanos(const google::protobuf::Timestamp& timestamp);
int64_t Nanos(absl::Duration span);
absl::Time TimeOf(int64_t nanos);
google::protobuf::Timestamp TimestampOf(int64_t nanos);

state::v1::FoldPoint PointOf(const events::v1::Touchpoint& touchpoint);
state::v1::FoldPoint DeadlinePoint(int64_t time_ns);

// Strictly before.
bool IsBefore(const state::v1::FoldPoint& a, const state::v1::FoldPoint& b);
// Is the touchpoint newer than everything folded?
bool IsAfter(const events::v1::Touchpoint& touchpoint, const state::v1::FoldPoint& point);

}  // namespace touchstone::classification
