#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace touchstone::cli {

// An error of a request about the one thing in it that the caller knows: without `path` before each field, so that
// `touchpoints[0].source: is required; touchpoints[0].channel: ...` reads `source: is required; channel: ...`. The details keep
// what the suite said.
absl::Status WithoutPath(const absl::Status& status, absl::string_view path);

}  // namespace touchstone::cli
