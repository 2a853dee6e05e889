#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace touchstone::config {

// `7d`, `2h`, `15m`, `30s`, `250ms`, `1h30m`, `0s`: whole numbers with a unit (w, d, h, m, s, ms, us), the largest first. A day
// is 24 hours. Not negative, at most 10,000 years. INVALID_ARGUMENT for anything else.
absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text);

}  // namespace touchstone::config
