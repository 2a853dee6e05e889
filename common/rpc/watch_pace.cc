#include "common/rpc/watch_pace.h"

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"

namespace touchstone::rpc {

WatchPace::Step WatchPace::Next(absl::Duration now, bool write_in_flight) {
  if (!begun_.has_value()) begun_ = last_write_ = now;
  if (write_in_flight) return now >= last_write_ + options_.stall_max ? Step::kCut : Step::kWait;
  if (now >= *begun_ + options_.age_max) return Step::kEnd;
  return Step::kOffer;
}

absl::Status WatchPace::TooOld() const {
  return status::WithRetry(absl::UnavailableError(absl::StrCat("this watch is ", absl::FormatDuration(options_.age_max),
                                                               " old and ends here; go on with a new one and your resume token")),
                           absl::ZeroDuration());
}

}  // namespace touchstone::rpc
