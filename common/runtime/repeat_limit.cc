#include "common/runtime/repeat_limit.h"

#include <utility>

namespace touchstone::runtime {

RepeatLimit::Verdict RepeatLimit::Admit(absl::string_view event, absl::Duration now) {
  const bool known = windows_.contains(event);
  Window& window = windows_[known || windows_.size() < kRepeatEventsMax ? std::string(event) : std::string()];
  Verdict verdict;
  if (now >= window.begun + kRepeatWindow) {
    verdict.suppressed = std::exchange(window.suppressed, 0);
    window.begun = now;
    window.admitted = 0;
  }
  verdict.admitted = window.admitted < kRepeatsMax;
  verdict.admitted ? ++window.admitted : ++window.suppressed;
  return verdict;
}

}  // namespace touchstone::runtime
