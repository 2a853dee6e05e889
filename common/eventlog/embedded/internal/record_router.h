#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/eventlog/embedded/internal/topic_table.h"
#include "common/eventlog/record.h"

namespace touchstone::eventlog::embedded {

// Records of one partition, encoded by the thread that brings them, for the thread that writes.
struct Block {
  PartitionLog* partition = nullptr;
  int64_t count = 0;
  std::string payload;       // Of a dense chunk.
  int64_t base_offset = -1;  // Set by the write.
};

// So that a chunk, which is read as a whole, stays small.
inline constexpr size_t kBlockBytesMax = 256 << 10;

struct RoutedRecords {
  // Where a record went.
  struct Slot {
    uint32_t block = 0;
    uint32_t index = 0;
  };

  std::vector<Block> blocks;
  std::vector<Slot> slots;  // One a record, in their order.
  int64_t bytes = 0;
};

// Checks the records, chooses their partitions, encodes them. INVALID_ARGUMENT names the first that is wrong: no such topic or
// partition, or larger than a record may be.
absl::StatusOr<RoutedRecords> Route(const TopicTable& topics, absl::Span<const OutRecord> records);

}  // namespace touchstone::eventlog::embedded
