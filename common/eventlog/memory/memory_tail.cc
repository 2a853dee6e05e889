#include "common/eventlog/memory/memory_tail.h"

#include "common/status/macros.h"

namespace touchstone::eventlog {

absl::StatusOr<std::unique_ptr<Tail>> MemoryTail::Open(std::shared_ptr<MemoryStorage> storage, absl::string_view topic,
                                                       const TailStart& start, Faults* faults) {
  ASSIGN_OR_RETURN(const TopicSpec spec, storage->topics().Find(topic));
  std::vector<int64_t> next_offsets(spec.partitions, 0);
  if (start.from == TailStart::From::kOffsets) {
    if (start.next_offsets.size() != next_offsets.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(topic, " has ", spec.partitions, " partitions; offsets were given for ", start.next_offsets.size()));
    }
    for (int p = 0; p < spec.partitions; ++p) {
      const int64_t next = start.next_offsets[p];
      next_offsets[p] = next < 0 || next > storage->Log(topic, p).durable_end ? 0 : next;
    }
  } else if (start.from == TailStart::From::kEnd) {
    for (int p = 0; p < spec.partitions; ++p) next_offsets[p] = storage->Log(topic, p).durable_end;
  }
  return std::unique_ptr<Tail>(new MemoryTail(std::move(storage), topic, std::move(next_offsets), faults));
}

bool MemoryTail::AtEnd() const {
  for (size_t p = 0; p < next_offsets_.size(); ++p) {
    if (next_offsets_[p] < storage_->Log(topic_, static_cast<int>(p)).durable_end) return false;
  }
  return true;
}

absl::StatusOr<std::vector<TailRecord>> MemoryTail::Read(int records_max) {
  std::lock_guard<std::mutex> lock(storage_->mutex());
  if (faults_ != nullptr && !AtEnd() && faults_->Strikes(FaultPoint::kEmptyRead)) {
    storage_->changes().Raise();
    return std::vector<TailRecord>();
  }
  std::vector<TailRecord> records;
  for (size_t p = 0; p < next_offsets_.size(); ++p) {
    const MemoryStorage::PartitionLog& log = storage_->Log(topic_, static_cast<int>(p));
    int64_t& next = next_offsets_[p];
    for (; next < log.durable_end && static_cast<int>(records.size()) < records_max; ++next) {
      records.push_back({static_cast<int32_t>(p), log.records[next]});
    }
  }
  return records;
}

}  // namespace touchstone::eventlog
