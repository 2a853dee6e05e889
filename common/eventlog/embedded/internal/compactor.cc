#include "common/eventlog/embedded/internal/compactor.h"

#include <algorithm>
#include <optional>

#include "common/eventlog/embedded/internal/log_writer.h"
#include "common/eventlog/embedded/internal/store.h"
#include "common/eventlog/state_view.h"
#include "common/status/macros.h"
#include "rocksdb/write_batch.h"

namespace touchstone::eventlog::embedded {
namespace {

// What is joined into one chunk, and how much is read for it at most.
constexpr size_t kJoinedBytes = 256 << 10;
constexpr size_t kWindowBytesMax = 4 << 20;
// Beside its bytes, what a key costs in the map.
constexpr int64_t kKeyOverheadBytes = 64;

// Neighbouring chunks that become one.
class Window {
 public:
  // Takes a chunk in. `keep` says which of its records stay.
  absl::Status Add(absl::string_view key, absl::string_view value, absl::FunctionRef<bool(const RecordView&)> keep) {
    inputs_.emplace_back(key);
    input_bytes_ += value.size();
    ChunkReader reader(BaseOffsetOfKey(key), value);
    RecordView record;
    while (reader.Next(record)) {
      if (keep(record)) {
        Keep(record);
      } else {
        ++dropped_;
      }
    }
    return reader.status();
  }

  bool full() const { return payload_.size() >= kJoinedBytes || input_bytes_ >= kWindowBytesMax; }
  int64_t kept() const { return header_.count; }
  bool changes() const { return dropped_ > 0 || inputs_.size() > 1; }

  void AddTo(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle* family, const PartitionLog& log) const {
    for (const std::string& input : inputs_) batch.Delete(family, input).PermitUncheckedError();
    if (header_.count == 0) return;
    const std::string value = EncodeChunkHeader(header_) + payload_;
    batch.Put(family, ChunkKey(log.topic(), log.partition(), base_offset_), value).PermitUncheckedError();
  }

 private:
  void Keep(const RecordView& record) {
    if (header_.count == 0) {
      base_offset_ = record.offset;
      header_.append_micros = record.append_micros;
    }
    ++header_.count;
    AppendSparseRecord(payload_, record.offset - base_offset_, record.append_micros - header_.append_micros, record.key,
                       record.id, record.value);
  }

  std::vector<std::string> inputs_;
  size_t input_bytes_ = 0;
  int64_t dropped_ = 0;
  int64_t base_offset_ = 0;
  ChunkHeader header_{ChunkShape::kSparse};
  std::string payload_;
};

}  // namespace

absl::Status Compactor::Run() {
  for (const auto& topic : topics_.topics()) {
    if (!topic->spec.compacted) continue;
    for (const auto& log : topic->partitions) RETURN_IF_ERROR(Compact(*log, tasks_.CommittedByAll(*topic, log->partition())));
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Compactor::CompactedUntil(const PartitionLog& log) const {
  ASSIGN_OR_RETURN(const std::optional<std::string> value, store_.Get(store_.meta(), CompactedKey(log.topic(), log.partition())));
  int64_t until = 0;
  if (value && !ParseOffset(*value, until)) return absl::DataLossError("the store's record of a compaction cannot be read");
  return std::max(until, log.begin_offset());
}

absl::Status Compactor::Compact(const PartitionLog& log, int64_t committed) {
  const int64_t end = std::min(log.durable_offset(), committed);
  ASSIGN_OR_RETURN(int64_t until, CompactedUntil(log));
  const int64_t begun = until;
  if (end - until <= kept_[&log] / 2) return absl::OkStatus();
  ASSIGN_OR_RETURN(const NewestOffsets newest, Newest(log, until, end));
  ASSIGN_OR_RETURN(kept_[&log], Rewrite(log, newest, begun, until));
  WriteRequest request;
  request.add = [&](rocksdb::WriteBatch& batch) {
    batch.Put(CompactedKey(log.topic(), log.partition()), EncodeOffset(until)).PermitUncheckedError();
  };
  writer_.Write(request);
  return absl::OkStatus();
}

absl::StatusOr<Compactor::NewestOffsets> Compactor::Newest(const PartitionLog& log, int64_t& from, int64_t end) const {
  NewestOffsets newest;
  int64_t bytes = 0;
  int64_t until = end;
  RETURN_IF_ERROR(log.Read(from, end, [&](const RecordView& record) {
    if (bytes >= key_bytes_max_) {
      until = record.offset;
      return false;
    }
    auto [entry, is_new] = newest.try_emplace(record.key, record.offset);
    entry->second = record.offset;
    if (is_new) bytes += static_cast<int64_t>(record.key.size()) + kKeyOverheadBytes;
    return true;
  }));
  from = until;
  return newest;
}

absl::StatusOr<int64_t> Compactor::Rewrite(const PartitionLog& log, const NewestOffsets& newest, int64_t begun, int64_t until) {
  const auto keep = [&](const RecordView& record) {
    const auto found = newest.find(record.key);
    return found == newest.end() || found->second <= record.offset;
  };
  Window window;
  int64_t kept = 0;
  absl::Status status;
  const auto flush = [&] {
    kept += window.kept();
    if (window.changes()) {
      WriteRequest request;
      request.add = [&](rocksdb::WriteBatch& batch) {
        window.AddTo(batch, store_.log(), log);
        // That offsets are missing is known from the first on, whenever the process ends.
        batch.Put(CompactedKey(log.topic(), log.partition()), EncodeOffset(begun)).PermitUncheckedError();
      };
      writer_.Write(request);
    }
    window = Window();
  };
  const std::string prefix = ChunkKeyPrefix(log.topic(), log.partition());
  RETURN_IF_ERROR(store_.Scan(store_.log(), prefix, ChunkKey(log.topic(), log.partition(), until),
                              [&](absl::string_view key, absl::string_view value) {
                                status = window.Add(key, value, keep);
                                if (status.ok() && window.full()) flush();
                                return status.ok();
                              }));
  RETURN_IF_ERROR(status);
  flush();
  return kept;
}

}  // namespace touchstone::eventlog::embedded
