#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace touchstone::calendar {

// A zone by its IANA name: `Europe/Berlin`, `UTC`. INVALID_ARGUMENT for what is none; the text fits behind a field path and
// does not repeat what was asked for. Names that reach out of the zone folder (`/etc/...`, `..`) and fixed offsets are none.
absl::StatusOr<absl::TimeZone> LoadZone(absl::string_view iana_name);

// `22:40 in America/Sao_Paulo`: for people who ask why.
std::string LocalText(absl::Time time, const absl::TimeZone& zone);

}  // namespace touchstone::calendar
