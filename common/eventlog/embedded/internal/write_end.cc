#include "common/eventlog/embedded/internal/write_end.h"

#include "common/eventlog/embedded/internal/coding.h"
#include "common/eventlog/embedded/internal/keys.h"

namespace touchstone::eventlog::embedded {
namespace {

constexpr size_t kEndBytes = 24;
// RocksDB's batch: sequence (8), count (4), then entries; the first is ours: a put (1) into the default column family of a key
// of one byte, and a value of 24.
constexpr size_t kBatchHeaderBytes = 12;
constexpr char kFirstEntry[] = {1, 1, kEndKey[0], kEndBytes};

}  // namespace

std::string EncodeWriteEnd(const WriteEnd& end) {
  std::string bytes;
  AppendFixed64(bytes, end.write);
  AppendFixed64(bytes, end.records);
  AppendFixed64(bytes, static_cast<uint64_t>(end.append_micros));
  return bytes;
}

std::optional<WriteEnd> ParseWriteEnd(absl::string_view bytes) {
  WriteEnd end;
  uint64_t micros = 0;
  if (bytes.size() != kEndBytes) return std::nullopt;
  if (!TakeFixed64(bytes, end.write) || !TakeFixed64(bytes, end.records) || !TakeFixed64(bytes, micros)) return std::nullopt;
  end.append_micros = static_cast<int64_t>(micros);
  return end;
}

std::optional<WriteEnd> WriteEndOfBatch(absl::string_view batch) {
  constexpr absl::string_view first(kFirstEntry, sizeof(kFirstEntry));
  if (batch.size() < kBatchHeaderBytes + first.size() + kEndBytes) return std::nullopt;
  batch.remove_prefix(kBatchHeaderBytes);
  if (batch.substr(0, first.size()) != first) return std::nullopt;
  return ParseWriteEnd(batch.substr(first.size(), kEndBytes));
}

bool IsEmptyBatch(absl::string_view batch) { return batch.size() == kBatchHeaderBytes; }

}  // namespace touchstone::eventlog::embedded
