#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/record.h"

namespace touchstone::eventlog::embedded {

// A chunk: the records of one partition that were written together, kept as one value of the store.
//
//   value   := format (1 byte, 1) | shape (1 byte) | append time (8 bytes, µs since 1970) | count (varint) | record*
//   record  := [offset delta | time delta]  key size | id size | value size | key | id | value        (varints; bytes)
//
// In the shape `dense` records follow each other without gaps and share the append time: what an append or a commit
// writes. In the shape `sparse` each says how far it lies behind the chunk's base offset and append time (µs): what
// compaction leaves. The base offset is in the chunk's key.
enum class ChunkShape : uint8_t { kDense = 0, kSparse = 1 };

// A target size; a chunk may exceed it by what one block holds (kBlockBytesMax, and a record of any size).
inline constexpr size_t kChunkBytesMax = 1 << 20;

struct ChunkHeader {
  ChunkShape shape = ChunkShape::kDense;
  int64_t append_micros = 0;
  int64_t count = 0;
};

std::string EncodeChunkHeader(const ChunkHeader& header);

// Appends one record to the payload of a dense chunk.
void AppendDenseRecord(std::string& payload, absl::string_view key, absl::string_view id, absl::string_view value);

// Appends one record to the payload of a sparse chunk.
void AppendSparseRecord(std::string& payload, int64_t offset_delta, int64_t micros_delta, absl::string_view key,
                        absl::string_view id, absl::string_view value);

// A record inside a chunk: valid as long as the chunk's bytes.
struct RecordView {
  int64_t offset = 0;
  int64_t append_micros = 0;
  absl::string_view key;
  absl::string_view id;
  absl::string_view value;

  int64_t bytes() const { return static_cast<int64_t>(key.size() + id.size() + value.size()); }
  Record ToRecord() const;
};

// Reads a chunk's records in order. The bytes must outlive it.
class ChunkReader {
 public:
  // Of a whole value; a malformed header shows as DATA_LOSS in status() and no record.
  ChunkReader(int64_t base_offset, absl::string_view value);
  // Of a payload whose header is known.
  ChunkReader(int64_t base_offset, const ChunkHeader& header, absl::string_view payload);

  // False at the end, or where status() is not OK.
  bool Next(RecordView& record);

  const ChunkHeader& header() const { return header_; }
  const absl::Status& status() const { return status_; }

 private:
  bool Fail(absl::string_view what);

  int64_t base_offset_;
  ChunkHeader header_;
  absl::string_view left_;
  int64_t read_ = 0;
  absl::Status status_;
};

}  // namespace touchstone::eventlog::embedded
