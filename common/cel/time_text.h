#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "common/cel/value.h"

namespace touchstone::cel {

// RFC 3339, `2026-11-22T10:00:00.5+01:00`, at most nanoseconds. An error value if it is none or out of range.
Value ParseTimestamp(absl::string_view text);
// `2026-11-22T09:00:00.5Z`
std::string FormatTimestamp(const Value& timestamp);

// `1h30m`, `-1.5h`, `250ms`, `0`. An error value if it is none or out of range.
Value ParseDuration(absl::string_view text);
// In seconds: `5400s`, `0.25s`.
std::string FormatDuration(const Value& duration);

}  // namespace touchstone::cel
