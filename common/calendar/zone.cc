#include "common/calendar/zone.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace touchstone::calendar {
namespace {

constexpr size_t kZoneNameBytesMax = 64;

// What IANA names are made of. Abseil would open any path it is given.
bool LooksLikeAZone(absl::string_view name) {
  const auto allowed = [](unsigned char c) { return absl::ascii_isalnum(c) || absl::StrContains("/_+-", static_cast<char>(c)); };
  return !name.empty() && name.size() <= kZoneNameBytesMax && absl::ascii_isupper(name[0]) &&
         std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace

absl::StatusOr<absl::TimeZone> LoadZone(absl::string_view iana_name) {
  absl::TimeZone zone;
  // Abseil reads `Fixed/UTC+01:00:00` and `localtime` without a file; neither says where somebody lives.
  if (!LooksLikeAZone(iana_name) || absl::StartsWith(iana_name, "Fixed/") || !absl::LoadTimeZone(iana_name, &zone)) {
    return absl::InvalidArgumentError("is no time zone known here: use an IANA name such as Europe/Berlin");
  }
  return zone;
}

std::string LocalText(absl::Time time, const absl::TimeZone& zone) {
  return absl::StrCat(absl::FormatTime("%H:%M", time, zone), " in ", zone.name());
}

}  // namespace touchstone::calendar
