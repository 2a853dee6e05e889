#include "common/eventlog/embedded/internal/topic_tail.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::embedded {
namespace {

// What one Read holds in memory, and a record.
constexpr int64_t kReadBytesMax = 4 << 20;

}  // namespace

absl::StatusOr<std::vector<int64_t>> StartOffsets(const Topic& topic, const TailStart& start) {
  if (start.from == TailStart::From::kOffsets && start.next_offsets.size() != topic.partitions.size()) {
    return absl::InvalidArgumentError(absl::StrCat("topic '", topic.spec.name, "' has ", topic.partitions.size(),
                                                   " partitions, and ", start.next_offsets.size(), " offsets are given"));
  }
  std::vector<int64_t> offsets;
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    const PartitionLog& log = *topic.partitions[i];
    const int64_t begin = log.begin_offset();
    if (start.from == TailStart::From::kBegin) offsets.push_back(begin);
    if (start.from == TailStart::From::kEnd) offsets.push_back(log.durable_offset());
    if (start.from == TailStart::From::kOffsets) {
      // What is no longer kept, or (after a restored backup) not there yet, reads from the oldest kept: seen twice, never missed.
      const int64_t next = start.next_offsets[i];
      offsets.push_back(next < begin || next > log.durable_offset() ? begin : next);
    }
  }
  return offsets;
}

absl::StatusOr<std::vector<TailRecord>> TopicTail::Read(int records_max) {
  std::vector<TailRecord> tailed;
  int64_t bytes = 0;
  for (size_t i = 0; i < topic_.partitions.size(); ++i) {
    const ReadLimits limits{records_max - static_cast<int64_t>(tailed.size()), kReadBytesMax - bytes};
    if (limits.records_max <= 0 || limits.bytes_max <= 0) break;
    const size_t partition = (first_partition_ + i) % topic_.partitions.size();
    const PartitionLog& log = *topic_.partitions[partition];
    const int64_t end = log.durable_offset();
    if (next_offsets_[partition] >= end) continue;
    std::vector<Record> records;
    int64_t next = 0;
    RETURN_IF_ERROR(log.Read(next_offsets_[partition], end, limits, records, next));
    next_offsets_[partition] = next;
    for (Record& record : records) {
      bytes += static_cast<int64_t>(record.key.size() + record.value.size());
      tailed.push_back({static_cast<int32_t>(partition), std::move(record)});
    }
  }
  first_partition_ = (first_partition_ + 1) % topic_.partitions.size();
  return tailed;
}

}  // namespace touchstone::eventlog::embedded
