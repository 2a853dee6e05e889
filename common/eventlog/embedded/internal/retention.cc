#include "common/eventlog/embedded/internal/retention.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "common/eventlog/embedded/internal/durability.h"
#include "common/eventlog/embedded/internal/log_writer.h"
#include "common/eventlog/embedded/internal/store.h"
#include "common/eventlog/state_view.h"
#include "common/status/macros.h"
#include "rocksdb/status.h"
#include "rocksdb/write_batch.h"

namespace touchstone::eventlog::embedded {
namespace {

// The append time of the first record of [offset, end); nothing if there is none.
absl::StatusOr<std::optional<int64_t>> AppendMicrosAt(const PartitionLog& log, int64_t offset, int64_t end) {
  std::optional<int64_t> micros;
  RETURN_IF_ERROR(log.Read(offset, end, [&](const RecordView& record) {
    micros = record.append_micros;
    return false;
  }));
  return micros;
}

}  // namespace

absl::Status Retention::Run(absl::Time now) {
  DropDurablyDeleted();
  for (const auto& topic : topics_.topics()) {
    if (topic->spec.retention == absl::InfiniteDuration()) continue;
    for (const auto& log : topic->partitions)
      RETURN_IF_ERROR(Clean(*topic, *log, absl::ToUnixMicros(now - topic->spec.retention)));
  }
  return absl::OkStatus();
}

absl::Status Retention::Clean(const Topic& topic, PartitionLog& log, int64_t cutoff_micros) {
  const int64_t begin = log.begin_offset();
  const int64_t end = std::min(log.durable_offset(), tasks_.CommittedByAll(topic, log.partition()));
  if (begin >= end) return absl::OkStatus();
  ASSIGN_OR_RETURN(const int64_t first_kept, FirstKept(log, begin, end, cutoff_micros));
  if (first_kept <= begin) return absl::OkStatus();
  ASSIGN_OR_RETURN(const int64_t new_begin, ChunkBoundary(log, first_kept));
  if (new_begin <= begin) return absl::OkStatus();
  const std::string from = ChunkKey(log.topic(), log.partition(), 0);
  const std::string until = ChunkKey(log.topic(), log.partition(), new_begin);
  WriteRequest request;
  request.add = [&](rocksdb::WriteBatch& batch) {
    batch.DeleteRange(store_.log(), from, until).PermitUncheckedError();
    batch.Put(BeginKey(log.topic(), log.partition()), EncodeOffset(new_begin)).PermitUncheckedError();
  };
  const uint64_t write = writer_.Write(request);
  log.AdvanceBegin(new_begin);
  deleted_.push_back({write, from, until});
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Retention::FirstKept(const PartitionLog& log, int64_t begin, int64_t end, int64_t cutoff_micros) const {
  // Append times never fall, so it is a search by halves. `low` is always a candidate; what is before it is old.
  int64_t low = begin;
  int64_t high = end;
  ASSIGN_OR_RETURN(const std::optional<int64_t> first, AppendMicrosAt(log, begin, end));
  if (first.has_value() && *first >= cutoff_micros) return begin;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(const std::optional<int64_t> micros, AppendMicrosAt(log, middle, end));
    if (micros.has_value() && *micros < cutoff_micros) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

absl::StatusOr<int64_t> Retention::ChunkBoundary(const PartitionLog& log, int64_t offset) const {
  int64_t boundary = offset;
  absl::Status status;
  const std::string prefix = ChunkKeyPrefix(log.topic(), log.partition());
  RETURN_IF_ERROR(store_.ScanFrom(store_.log(), ChunkKey(log.topic(), log.partition(), offset), prefix, PrefixEnd(prefix),
                                  [&](absl::string_view key, absl::string_view value) {
                                    const int64_t base = BaseOffsetOfKey(key);
                                    ChunkReader reader(base, value);
                                    RecordView record;
                                    int64_t last = base;
                                    while (reader.Next(record)) last = record.offset;
                                    if (base < offset && last >= offset) boundary = base;
                                    status = reader.status();
                                    return false;
                                  }));
  RETURN_IF_ERROR(status);
  return boundary;
}

void Retention::DropDurablyDeleted() {
  while (!deleted_.empty() && deleted_.front().write <= durability_.durable_write()) {
    // Only space is lost where this fails, and compaction gives it back later.
    store_.DropFiles(deleted_.front().begin, deleted_.front().end).PermitUncheckedError();
    deleted_.pop_front();
  }
}

}  // namespace touchstone::eventlog::embedded
