#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace touchstone::cli {

// A time as people type it: `2026-11-22T07:25:00Z` (RFC 3339), `now`, or relative to `base`: `-3d`, `+1h30m`. INVALID_ARGUMENT
// shows the forms.
absl::StatusOr<absl::Time> ParseTime(absl::string_view text, absl::Time base);

// `2026-11-22 07:25` in the zone; seconds where there are some. Empty for a time that is not set.
std::string TimeText(const google::protobuf::Timestamp& time, absl::TimeZone zone);

// `3d 4h`, `2m 10s`, `0.25s`: the two largest units.
std::string SpanText(absl::Duration span);

}  // namespace touchstone::cli
