#include "services/outreach/domain/rolling_cap.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace touchstone::outreach {

bool RollingCap::Covers(events::v1::OutreachClass outreach_class) const {
  return at_most > 0 && std::find(classes.begin(), classes.end(), outreach_class) != classes.end();
}

CapAnswer Ask(const RollingCap& cap, std::vector<absl::Time> requested, int undecided, absl::Time now) {
  requested.erase(std::remove_if(requested.begin(), requested.end(), [&](absl::Time time) { return time + cap.within <= now; }),
                  requested.end());
  std::sort(requested.begin(), requested.end());
  CapAnswer answer{static_cast<int>(requested.size()) + undecided, now};
  if (answer.count < cap.at_most) return answer;
  // So many of the oldest must leave the window before one more fits.
  const int must_leave = answer.count - cap.at_most + 1;
  const bool known = must_leave <= static_cast<int>(requested.size());
  answer.free_at = known ? requested[must_leave - 1] + cap.within : absl::InfiniteFuture();
  return answer;
}

std::string Words(const RollingCap& cap, const CapAnswer& answer) {
  return absl::StrCat(answer.count, " of ", cap.at_most, " in ", absl::FormatDuration(cap.within));
}

}  // namespace touchstone::outreach
