#pragma once

#include <string>
#include <vector>

#include "common/eventlog/event_log.h"
#include "common/status/invariant.h"

namespace touchstone::simulation {

// Reads a topic on from where it stopped, whatever process holds the log.
class TopicReader {
 public:
  explicit TopicReader(std::string topic) : topic_(std::move(topic)) {}

  std::vector<eventlog::TailRecord> ReadOn(eventlog::EventLog& log) {
    eventlog::TailStart start{next_offsets_.empty() ? eventlog::TailStart::From::kBegin : eventlog::TailStart::From::kOffsets,
                              next_offsets_};
    absl::StatusOr<std::unique_ptr<eventlog::Tail>> tail = log.OpenTail(topic_, start);
    if (!tail.ok()) return {};  // The process has just died.
    absl::StatusOr<std::vector<eventlog::TailRecord>> records = (*tail)->Read(1'000'000);
    INVARIANT(records.ok(), records.status().ToString());
    next_offsets_ = (*tail)->next_offsets();
    return *std::move(records);
  }

  // Nothing more is there to read.
  bool AtEnd(eventlog::EventLog& log) const {
    absl::StatusOr<std::vector<int64_t>> ends = log.EndOffsets(topic_);
    return ends.ok() && *ends == next_offsets_;
  }

 private:
  const std::string topic_;
  std::vector<int64_t> next_offsets_;
};

// Everything on a topic, parsed.
template <typename Message>
std::vector<Message> Everything(eventlog::EventLog& log, absl::string_view topic) {
  std::vector<Message> messages;
  const std::vector<eventlog::TailRecord> records = TopicReader(std::string(topic)).ReadOn(log);
  for (const eventlog::TailRecord& record : records)
    INVARIANT(messages.emplace_back().ParseFromString(record.record.value), "unreadable");
  return messages;
}

}  // namespace touchstone::simulation
