#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"

namespace touchstone::cel {

// `UTC`, `Europe/Paris`, `+02:00`, `-09:30`, `02:00`. Nothing if it is none. Names are read from the system's zones, so
// this may read a file.
absl::optional<absl::TimeZone> FindTimeZone(absl::string_view name);

}  // namespace touchstone::cel
