#include "tools/cli/time_text.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/clock/proto_time.h"
#include "common/config/duration_text.h"

namespace touchstone::cli {
namespace {

absl::Status NoTime(absl::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is no time: write 2026-11-22T07:25:00Z, now, or relative to now -3d, -1h30m, +2d"));
}

}  // namespace

absl::StatusOr<absl::Time> ParseTime(absl::string_view text, absl::Time base) {
  if (text == "now") return base;
  if (absl::StartsWith(text, "-") || absl::StartsWith(text, "+")) {
    const absl::StatusOr<absl::Duration> span = config::ParseDuration(text.substr(1));
    if (!span.ok()) return NoTime(text);
    return text[0] == '-' ? base - *span : base + *span;
  }
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error) || time == absl::InfiniteFuture() || time == absl::InfinitePast())
    return NoTime(text);
  return time;
}

std::string TimeText(const google::protobuf::Timestamp& time, absl::TimeZone zone) {
  if (time.seconds() == 0 && time.nanos() == 0) return "";
  const bool whole_minute = time.seconds() % 60 == 0;
  return absl::FormatTime(whole_minute ? "%Y-%m-%d %H:%M" : "%Y-%m-%d %H:%M:%S", clock::TimeFrom(time), zone);
}

std::string SpanText(absl::Duration span) {
  if (span < absl::Minutes(1)) return absl::StrFormat("%.3gs", absl::ToDoubleSeconds(span));
  const int64_t seconds = absl::ToInt64Seconds(span);
  if (span < absl::Hours(1)) return absl::StrCat(seconds / 60, "m ", seconds % 60, "s");
  if (span < absl::Hours(24)) return absl::StrCat(seconds / 3600, "h ", seconds / 60 % 60, "m");
  return absl::StrCat(seconds / 86400, "d ", seconds / 3600 % 24, "h");
}

}  // namespace touchstone::cli
