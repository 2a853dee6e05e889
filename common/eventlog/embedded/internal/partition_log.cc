#include "common/eventlog/embedded/internal/partition_log.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "common/eventlog/embedded/internal/store.h"
#include "common/eventlog/state_view.h"
#include "common/status/invariant.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::embedded {
namespace {

// How many recent chunks one read takes at a time, so that the lock is held briefly.
constexpr size_t kRecentChunksPerRead = 256;

// Visits the records of one chunk within [from, end). False: the visit is over.
bool VisitChunk(ChunkReader& reader, int64_t from, int64_t end, PartitionLog::Visit visit) {
  RecordView record;
  while (reader.Next(record)) {
    if (record.offset < from) continue;
    if (record.offset >= end || !visit(record)) return false;
  }
  return reader.status().ok();
}

}  // namespace

absl::Status PartitionLog::Load(int64_t begin_offset) {
  int64_t end = begin_offset;
  absl::Status status;
  const std::string prefix = ChunkKeyPrefix(topic_, partition_);
  const std::string last = ChunkKey(topic_, partition_, std::numeric_limits<int64_t>::max());
  RETURN_IF_ERROR(
      store_.ScanFrom(store_.log(), last, prefix, PrefixEnd(prefix), [&](absl::string_view key, absl::string_view value) {
        ChunkReader reader(BaseOffsetOfKey(key), value);
        RecordView record;
        while (reader.Next(record)) end = std::max(end, record.offset + 1);
        status = reader.status();
        return true;
      }));
  RETURN_IF_ERROR(status);
  std::lock_guard<std::mutex> lock(mutex_);
  begin_offset_ = begin_offset;
  end_offset_ = durable_offset_ = end;
  return absl::OkStatus();
}

int64_t PartitionLog::begin_offset() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return begin_offset_;
}

int64_t PartitionLog::end_offset() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return end_offset_;
}

int64_t PartitionLog::durable_offset() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return durable_offset_;
}

void PartitionLog::Publish(RecentChunk chunk) {
  std::lock_guard<std::mutex> lock(mutex_);
  INVARIANT(chunk.base_offset == end_offset_, absl::StrCat(chunk.base_offset, " is not ", end_offset_));
  end_offset_ = chunk.end_offset();
  recent_.push_back(std::move(chunk));
}

void PartitionLog::AdvanceDurable(int64_t offset) {
  std::lock_guard<std::mutex> lock(mutex_);
  durable_offset_ = std::max(durable_offset_, offset);
}

void PartitionLog::AdvanceBegin(int64_t offset) {
  std::lock_guard<std::mutex> lock(mutex_);
  begin_offset_ = std::max(begin_offset_, offset);
}

void PartitionLog::ForgetOldest() {
  std::lock_guard<std::mutex> lock(mutex_);
  recent_.pop_front();
}

std::vector<RecentChunk> PartitionLog::RecentFrom(int64_t from, int64_t end) const {
  std::vector<RecentChunk> chunks;
  std::lock_guard<std::mutex> lock(mutex_);
  if (recent_.empty() || from < recent_.front().base_offset) return chunks;
  auto chunk = std::upper_bound(recent_.begin(), recent_.end(), from,
                                [](int64_t offset, const RecentChunk& recent) { return offset < recent.end_offset(); });
  for (; chunk != recent_.end() && chunk->base_offset < end && chunks.size() < kRecentChunksPerRead; ++chunk)
    chunks.push_back(*chunk);
  return chunks;
}

absl::Status PartitionLog::ReadStore(int64_t from, int64_t end, Visit visit) const {
  absl::Status status;
  const std::string prefix = ChunkKeyPrefix(topic_, partition_);
  const std::string limit = ChunkKey(topic_, partition_, end);
  RETURN_IF_ERROR(store_.ScanFrom(store_.log(), ChunkKey(topic_, partition_, from), prefix, limit,
                                  [&](absl::string_view key, absl::string_view value) {
                                    ChunkReader reader(BaseOffsetOfKey(key), value);
                                    const bool more = VisitChunk(reader, from, end, visit);
                                    status = reader.status();
                                    return more;
                                  }));
  return status;
}

absl::Status PartitionLog::Read(int64_t from, int64_t end, Visit visit) const {
  from = std::max(from, begin_offset());
  while (from < end) {
    const std::vector<RecentChunk> chunks = RecentFrom(from, end);
    if (chunks.empty()) return ReadStore(from, end, visit);
    for (const RecentChunk& chunk : chunks) {
      ChunkReader reader(chunk.base_offset, chunk.header, *chunk.payload);
      if (!VisitChunk(reader, from, end, visit)) return reader.status();
    }
    from = chunks.back().end_offset();
  }
  return absl::OkStatus();
}

absl::Status PartitionLog::Read(int64_t from, int64_t end, const ReadLimits& limits, std::vector<Record>& records,
                                int64_t& next) const {
  int64_t count = 0;
  int64_t bytes = 0;
  next = std::max(from, end);
  return Read(from, end, [&](const RecordView& record) {
    if (count == limits.records_max || (count > 0 && bytes + record.bytes() > limits.bytes_max)) {
      next = record.offset;
      return false;
    }
    records.push_back(record.ToRecord());
    ++count;
    bytes += record.bytes();
    return true;
  });
}

}  // namespace touchstone::eventlog::embedded
