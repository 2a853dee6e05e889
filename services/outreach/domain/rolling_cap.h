#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "touchstone/events/v1/outreach.pb.h"

namespace touchstone::outreach {

// At most `at_most` sends of these classes together in any stretch of `within`. A value.
struct RollingCap {
  // 0: no cap.
  int at_most = 0;
  absl::Duration within = absl::ZeroDuration();
  std::vector<events::v1::OutreachClass> classes;

  bool Covers(events::v1::OutreachClass outreach_class) const;
};

// What a cap says to one more send.
struct CapAnswer {
  // How many count now.
  int count = 0;
  // When one more fits: `now` if it does, InfiniteFuture if that depends on sends nobody has decided yet.
  absl::Time free_at;
};

// `requested`: when those that were sent were requested, in any order; one counts until `within` after it has passed.
// `undecided`: those that may still be sent, at a time nobody knows; they count for as long as that lasts.
CapAnswer Ask(const RollingCap& cap, std::vector<absl::Time> requested, int undecided, absl::Time now);

// `3 of 3 in 168h`.
std::string Words(const RollingCap& cap, const CapAnswer& answer);

}  // namespace touchstone::outreach
