#include "tools/cli/import/cell_time.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/calendar/zone.h"
#include "common/status/macros.h"

namespace touchstone::cli {

absl::StatusOr<CellTime> CellTime::Of(const mapping::v1::Mapping& mapping) {
  CellTime times;
  times.zone_ = absl::UTCTimeZone();
  if (!mapping.zone().empty()) {
    ASSIGN_OR_RETURN(times.zone_, calendar::LoadZone(mapping.zone()));
  }
  times.formats_.assign(mapping.time_formats().begin(), mapping.time_formats().end());
  if (times.formats_.empty()) times.formats_ = {"%Y-%m-%d %H:%M:%S", "%Y-%m-%d", absl::RFC3339_full};
  return times;
}

absl::StatusOr<absl::Time> CellTime::Parse(absl::string_view text) const {
  absl::Time time;
  for (const std::string& format : formats_) {
    // Absl takes `infinite-future` for a time as well.
    if (absl::ParseTime(format, text, zone_, &time, nullptr) && time != absl::InfiniteFuture() && time != absl::InfinitePast())
      return time;
  }
  const auto append = [](std::string* out, const std::string& format) {
    absl::StrAppend(out, format == absl::RFC3339_full ? "RFC 3339" : format);
  };
  return absl::InvalidArgumentError(absl::StrCat("is no time as ", absl::StrJoin(formats_, ", ", append)));
}

}  // namespace touchstone::cli
