#include "common/cel/time_zone.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace touchstone::cel {
namespace {

constexpr size_t kNameBytesMax = 64;

// `02:00` with or without a sign.
absl::optional<absl::TimeZone> FixedZone(absl::string_view name) {
  const bool negative = absl::StartsWith(name, "-");
  if (negative || absl::StartsWith(name, "+")) name.remove_prefix(1);
  if (name.size() != 5 || name[2] != ':') return absl::nullopt;
  for (size_t i : {0, 1, 3, 4}) {
    if (!absl::ascii_isdigit(name[i])) return absl::nullopt;
  }
  const int hours = (name[0] - '0') * 10 + (name[1] - '0');
  const int minutes = (name[3] - '0') * 10 + (name[4] - '0');
  if (hours > 23 || minutes > 59) return absl::nullopt;
  return absl::FixedTimeZone((hours * 60 + minutes) * 60 * (negative ? -1 : 1));
}

// Names only, no paths out of the zones' folder and not the machine's own zone.
bool IsZoneName(absl::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || name == "localtime" || !absl::ascii_isalpha(name[0])) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '/' || c == '_' || c == '-' || c == '+'; });
}

}  // namespace

absl::optional<absl::TimeZone> FindTimeZone(absl::string_view name) {
  if (absl::optional<absl::TimeZone> fixed = FixedZone(name); fixed.has_value()) return fixed;
  absl::TimeZone zone;
  if (!IsZoneName(name) || !absl::LoadTimeZone(std::string(name), &zone)) return absl::nullopt;
  return zone;
}

}  // namespace touchstone::cel
