#include "common/eventlog/event_log.h"

#include "common/status/errors.h"

namespace touchstone::eventlog {

absl::Status LogClosed() {
  return status::WithRetry(absl::UnavailableError("this process is stopping, and its log is closed: ask another, or again"),
                           absl::Seconds(1));
}

}  // namespace touchstone::eventlog
