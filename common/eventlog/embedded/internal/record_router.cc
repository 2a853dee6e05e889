#include "common/eventlog/embedded/internal/record_router.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/eventlog/embedded/internal/chunk.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::embedded {
namespace {

absl::StatusOr<PartitionLog*> WhereTo(const TopicTable& topics, const OutRecord& record) {
  const Topic* topic = topics.Find(record.topic);
  if (topic == nullptr) return absl::InvalidArgumentError(absl::StrCat("no topic '", record.topic, "' is declared"));
  ASSIGN_OR_RETURN(const int partition, PartitionOf(topic->spec, record));
  return topic->partitions[static_cast<size_t>(partition)].get();
}

// The blocks that still take records, by partition. Few, so that a list is faster than a map.
class OpenBlocks {
 public:
  explicit OpenBlocks(std::vector<Block>& blocks) : blocks_(blocks) {}

  uint32_t For(PartitionLog* partition) {
    for (auto& [open_partition, block] : open_) {
      if (open_partition != partition) continue;
      if (blocks_[block].payload.size() >= kBlockBytesMax) block = Add(partition);
      return block;
    }
    open_.emplace_back(partition, Add(partition));
    return open_.back().second;
  }

 private:
  uint32_t Add(PartitionLog* partition) {
    blocks_.push_back({partition});
    return static_cast<uint32_t>(blocks_.size() - 1);
  }

  std::vector<Block>& blocks_;
  std::vector<std::pair<PartitionLog*, uint32_t>> open_;
};

}  // namespace

absl::StatusOr<RoutedRecords> Route(const TopicTable& topics, absl::Span<const OutRecord> records) {
  RoutedRecords routed;
  routed.slots.reserve(records.size());
  OpenBlocks open(routed.blocks);
  for (const OutRecord& record : records) {
    const absl::StatusOr<PartitionLog*> partition = WhereTo(topics, record);
    if (!partition.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("record ", routed.slots.size(), " of ", records.size(), ": ", partition.status().message()));
    }
    const uint32_t number = open.For(*partition);
    Block& block = routed.blocks[number];
    AppendDenseRecord(block.payload, record.key, record.id, record.value);
    routed.slots.push_back({number, static_cast<uint32_t>(block.count)});
    ++block.count;
  }
  for (const Block& block : routed.blocks) routed.bytes += static_cast<int64_t>(block.payload.size());
  return routed;
}

}  // namespace touchstone::eventlog::embedded
