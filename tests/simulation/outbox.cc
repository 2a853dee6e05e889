#include "tests/simulation/outbox.h"

#include <utility>

namespace touchstone::simulation {

void Outbox::Put(absl::string_view topic, absl::string_view key, absl::string_view id, std::string value) {
  waiting_.push_back(std::make_shared<Waiting>(
      Waiting{{std::string(topic), std::string(key), absl::StrCat(kClientPrefix, id), std::move(value), std::nullopt}}));
}

void Outbox::Flush(eventlog::EventLog& log, int restart_count) {
  while (!waiting_.empty() && waiting_.front()->acknowledged) waiting_.pop_front();
  for (const std::shared_ptr<Waiting>& waiting : std::deque<std::shared_ptr<Waiting>>(waiting_)) {
    if (waiting->acknowledged || waiting->sent_to == restart_count) continue;
    waiting->sent_to = restart_count;
    log.Append({waiting->record}, [waiting](const absl::StatusOr<std::vector<eventlog::Position>>& positions) {
      waiting->acknowledged = positions.ok();
      if (!positions.ok()) waiting->sent_to = -1;
    });
  }
}

}  // namespace touchstone::simulation
