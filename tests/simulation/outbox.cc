#include "tests/simulation/outbox.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace touchstone::simulation {

eventlog::OutRecord Outbox::Record(absl::string_view topic, absl::string_view key, absl::string_view id, std::string value) {
  return {std::string(topic), std::string(key), absl::StrCat(kClientPrefix, id), std::move(value), std::nullopt};
}

void Outbox::PutAll(std::vector<eventlog::OutRecord> records) {
  waiting_.push_back(std::make_shared<Waiting>(Waiting{std::move(records), "", false}));
}

void Outbox::Flush(eventlog::EventLog& log, const std::string& process) {
  std::erase_if(waiting_, [](const std::shared_ptr<Waiting>& waiting) { return waiting->acknowledged; });
  for (const std::shared_ptr<Waiting>& waiting : std::deque<std::shared_ptr<Waiting>>(waiting_)) {
    if (waiting->acknowledged || waiting->sent_to == process) continue;
    waiting->sent_to = process;
    log.Append(waiting->records, [this, waiting](const absl::StatusOr<std::vector<eventlog::Position>>& positions) {
      waiting->acknowledged = positions.ok();
      if (positions.ok()) acknowledged_(waiting->records, *positions);
      if (!positions.ok()) waiting->sent_to.clear();
    });
  }
}

}  // namespace touchstone::simulation
