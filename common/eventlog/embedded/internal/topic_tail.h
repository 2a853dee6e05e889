#pragma once

#include <vector>

#include "common/eventlog/embedded/internal/topic_table.h"
#include "common/eventlog/event_log.h"

namespace touchstone::eventlog::embedded {

// Where `start` is in the topic. INVALID_ARGUMENT: not one offset for each partition.
absl::StatusOr<std::vector<int64_t>> StartOffsets(const Topic& topic, const TailStart& start);

// Reads the durable records of a topic, partition after partition, each time beginning with another one.
class TopicTail : public Tail {
 public:
  TopicTail(const Topic& topic, std::vector<int64_t> next_offsets) : topic_(topic), next_offsets_(std::move(next_offsets)) {}

  absl::StatusOr<std::vector<TailRecord>> Read(int records_max) override;
  std::vector<int64_t> next_offsets() const override { return next_offsets_; }

 private:
  const Topic& topic_;
  std::vector<int64_t> next_offsets_;
  size_t first_partition_ = 0;
};

}  // namespace touchstone::eventlog::embedded
