#include "tools/cli/import/cell_time.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/calendar/zone.h"
#include "common/status/macros.h"

namespace touchstone::cli {
namespace {

// What absl::ParseTime reads behind a `%`, and behind `%E` and `%O`.
constexpr absl::string_view kParts = "aAbBcCdDeFghHIjklmMnpPrRsStTuUVwWxXyYzZ%";
constexpr absl::string_view kPartsOfE = "cCTxXyYzSf";
constexpr absl::string_view kPartsOfO = "deHImMSuUVwWy";
// `%E4Y`, `%E*S`, `%E3f`.
constexpr absl::string_view kWidths = "*#0123456789";

// How many bytes of `format`, which begins with a `%`, are a part; 0: none.
size_t PartLength(absl::string_view format) {
  size_t at = 1;
  absl::string_view parts = kParts;
  if (absl::StartsWith(format, "%E")) {
    parts = kPartsOfE;
    at = std::min(format.size(), format.find_first_not_of(kWidths, 2));
  } else if (absl::StartsWith(format, "%O")) {
    parts = kPartsOfO;
    at = 2;
  }
  return at < format.size() && absl::StrContains(parts, format[at]) ? at + 1 : 0;
}

}  // namespace

absl::Status CheckTimeFormat(absl::string_view format) {
  for (size_t at = format.find('%'); at != absl::string_view::npos; at = format.find('%', at)) {
    const size_t length = PartLength(format.substr(at));
    if (length == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("holds '", format.substr(at, 2), "', which is no part of a time: write %Y-%m-%d %H:%M:%S"));
    }
    at += length;
  }
  return absl::OkStatus();
}

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
