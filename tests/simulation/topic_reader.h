#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/eventlog/event_log.h"
#include "common/status/invariant.h"
#include "tests/simulation/observers/durability_observer.h"

namespace touchstone::simulation {

// Reads a topic on from where it stopped, whatever process holds the log; what it reads is seen outside.
class TopicReader {
 public:
  // `witness` outlives it.
  TopicReader(std::string topic, DurabilityObserver& witness) : topic_(std::move(topic)), witness_(witness) {}

  std::vector<eventlog::TailRecord> ReadOn(eventlog::EventLog& log) {
    eventlog::TailStart start{next_offsets_.empty() ? eventlog::TailStart::From::kBegin : eventlog::TailStart::From::kOffsets,
                              next_offsets_};
    absl::StatusOr<std::unique_ptr<eventlog::Tail>> tail = log.OpenTail(topic_, start);
    if (!tail.ok()) return {};  // The process has just died.
    absl::StatusOr<std::vector<eventlog::TailRecord>> records = (*tail)->Read(kReadAtOnce);
    INVARIANT(records.ok(), records.status().ToString());
    next_offsets_ = (*tail)->next_offsets();
    for (const eventlog::TailRecord& record : *records) witness_.Read(topic_, record);
    return *std::move(records);
  }

  // Nothing more is there to read.
  bool AtEnd(eventlog::EventLog& log) const {
    absl::StatusOr<std::vector<int64_t>> ends = log.EndOffsets(topic_);
    return ends.ok() && *ends == next_offsets_;
  }

 private:
  static constexpr int kReadAtOnce = 1'000'000;

  const std::string topic_;
  DurabilityObserver& witness_;
  std::vector<int64_t> next_offsets_;
};

}  // namespace touchstone::simulation
