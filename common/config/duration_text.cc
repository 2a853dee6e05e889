#include "common/config/duration_text.h"

#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "common/clock/proto_time.h"

namespace touchstone::config {
namespace {

absl::Duration UnitOf(absl::string_view unit) {
  static constexpr std::array<std::pair<absl::string_view, absl::Duration>, 7> kUnits = {{{"w", absl::Hours(7 * 24)},
                                                                                          {"d", absl::Hours(24)},
                                                                                          {"h", absl::Hours(1)},
                                                                                          {"m", absl::Minutes(1)},
                                                                                          {"s", absl::Seconds(1)},
                                                                                          {"ms", absl::Milliseconds(1)},
                                                                                          {"us", absl::Microseconds(1)}}};
  for (const auto& [name, length] : kUnits) {
    if (name == unit) return length;
  }
  return absl::ZeroDuration();
}

// The leading characters for which `is` holds, taken off the front.
template <typename Is>
absl::string_view Take(absl::string_view& text, Is is) {
  size_t size = 0;
  while (size < text.size() && is(static_cast<unsigned char>(text[size]))) ++size;
  const absl::string_view taken = text.substr(0, size);
  text.remove_prefix(size);
  return taken;
}

}  // namespace

absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text) {
  const absl::Status none = absl::InvalidArgumentError("expects a span of time such as 30s, 15m, 2h, 7d, 250ms or 1h30m");
  if (text.empty()) return none;
  absl::Duration total;
  absl::Duration last_unit = absl::InfiniteDuration();
  while (!text.empty()) {
    int64_t count = 0;
    if (!absl::SimpleAtoi(Take(text, absl::ascii_isdigit), &count)) return none;
    const absl::Duration unit = UnitOf(Take(text, absl::ascii_isalpha));
    if (unit == absl::ZeroDuration() || unit >= last_unit) return none;
    total += count * unit;
    last_unit = unit;
  }
  if (total > absl::Seconds(clock::kDurationSecondsMax)) return absl::InvalidArgumentError("is a span of more than 10,000 years");
  return total;
}

}  // namespace touchstone::config
