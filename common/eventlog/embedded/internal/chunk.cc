#include "common/eventlog/embedded/internal/chunk.h"

#include "absl/strings/str_cat.h"
#include "common/eventlog/embedded/internal/coding.h"

namespace touchstone::eventlog::embedded {
namespace {

constexpr char kFormat = 1;

void AppendFields(std::string& payload, absl::string_view key, absl::string_view id, absl::string_view value) {
  AppendVarint(payload, key.size());
  AppendVarint(payload, id.size());
  AppendVarint(payload, value.size());
  payload.append(key.data(), key.size());
  payload.append(id.data(), id.size());
  payload.append(value.data(), value.size());
}

}  // namespace

std::string EncodeChunkHeader(const ChunkHeader& header) {
  std::string bytes;
  bytes.push_back(kFormat);
  bytes.push_back(static_cast<char>(header.shape));
  AppendFixed64(bytes, static_cast<uint64_t>(header.append_micros));
  AppendVarint(bytes, static_cast<uint64_t>(header.count));
  return bytes;
}

void AppendDenseRecord(std::string& payload, absl::string_view key, absl::string_view id, absl::string_view value) {
  AppendFields(payload, key, id, value);
}

void AppendSparseRecord(std::string& payload, int64_t offset_delta, int64_t micros_delta, absl::string_view key,
                        absl::string_view id, absl::string_view value) {
  AppendVarint(payload, static_cast<uint64_t>(offset_delta));
  AppendVarint(payload, static_cast<uint64_t>(micros_delta));
  AppendFields(payload, key, id, value);
}

Record RecordView::ToRecord() const {
  return {offset, absl::FromUnixMicros(append_micros), std::string(key), std::string(id), std::string(value)};
}

ChunkReader::ChunkReader(int64_t base_offset, absl::string_view value) : base_offset_(base_offset), left_(value) {
  if (left_.size() < 2 || left_[0] != kFormat || static_cast<uint8_t>(left_[1]) > 1) {
    Fail("its header");
    return;
  }
  header_.shape = static_cast<ChunkShape>(left_[1]);
  left_.remove_prefix(2);
  uint64_t micros = 0;
  uint64_t count = 0;
  if (!TakeFixed64(left_, micros) || !TakeVarint(left_, count)) {
    Fail("its header");
    return;
  }
  header_.append_micros = static_cast<int64_t>(micros);
  header_.count = static_cast<int64_t>(count);
}

ChunkReader::ChunkReader(int64_t base_offset, const ChunkHeader& header, absl::string_view payload)
    : base_offset_(base_offset), header_(header), left_(payload) {}

bool ChunkReader::Next(RecordView& record) {
  if (read_ == header_.count || !status_.ok()) return false;
  uint64_t offset_delta = static_cast<uint64_t>(read_);
  uint64_t micros_delta = 0;
  if (header_.shape == ChunkShape::kSparse && (!TakeVarint(left_, offset_delta) || !TakeVarint(left_, micros_delta))) {
    return Fail("a record's deltas");
  }
  uint64_t key_size = 0;
  uint64_t id_size = 0;
  uint64_t value_size = 0;
  if (!TakeVarint(left_, key_size) || !TakeVarint(left_, id_size) || !TakeVarint(left_, value_size)) {
    return Fail("a record's sizes");
  }
  if (!TakeBytes(left_, key_size, record.key) || !TakeBytes(left_, id_size, record.id) ||
      !TakeBytes(left_, value_size, record.value)) {
    return Fail("a record's bytes");
  }
  record.offset = base_offset_ + static_cast<int64_t>(offset_delta);
  record.append_micros = header_.append_micros + static_cast<int64_t>(micros_delta);
  ++read_;
  return true;
}

bool ChunkReader::Fail(absl::string_view what) {
  header_.count = 0;
  read_ = 0;
  status_ = absl::DataLossError(absl::StrCat("the chunk at offset ", base_offset_, " cannot be read: ", what, " is malformed"));
  return false;
}

}  // namespace touchstone::eventlog::embedded
