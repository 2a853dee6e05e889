#include "tests/simulation/observers/cause.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace touchstone::simulation {

std::optional<Cause> CauseOf(absl::string_view id) {
  const std::vector<std::string> parts = absl::StrSplit(id, ':');
  Cause cause;
  cause.topic = parts[0];
  // A dead letter's goes on with the task's kind.
  if (parts.size() >= 4 && absl::SimpleAtoi(parts[2], &cause.offset)) return cause;
  absl::Time due;
  std::string error;
  if (parts.size() != 5 || !absl::ParseTime("at%E4Y%m%dT%H%M%SZ", parts[2], absl::UTCTimeZone(), &due, &error))
    return std::nullopt;
  cause.due = due;
  return cause;
}

std::string SubjectOf(absl::string_view id) { return std::string(id.substr(0, id.find('~'))); }

}  // namespace touchstone::simulation
