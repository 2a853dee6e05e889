#include "common/eventlog/embedded/internal/keys.h"

#include "common/eventlog/embedded/internal/coding.h"

namespace touchstone::eventlog::embedded {
namespace {

constexpr size_t kPrefixBytes = 4;

std::string Numbered(absl::string_view start, uint16_t number, int32_t partition) {
  std::string key(start);
  AppendFixed16(key, number);
  AppendFixed16(key, static_cast<uint16_t>(partition));
  return key;
}

}  // namespace

std::string ChunkKey(TopicNumber topic, int32_t partition, int64_t base_offset) {
  std::string key = ChunkKeyPrefix(topic, partition);
  AppendFixed64(key, static_cast<uint64_t>(base_offset));
  return key;
}

int64_t BaseOffsetOfKey(absl::string_view chunk_key) {
  if (chunk_key.size() != kPrefixBytes + 8) return -1;
  chunk_key.remove_prefix(kPrefixBytes);
  uint64_t offset = 0;
  TakeFixed64(chunk_key, offset);
  return static_cast<int64_t>(offset);
}

std::string ChunkKeyPrefix(TopicNumber topic, int32_t partition) { return Numbered("", topic, partition); }
std::string StateKeyPrefix(KindNumber kind, int32_t partition) { return Numbered("", kind, partition); }
std::string PositionKey(KindNumber kind, int32_t partition) { return Numbered(kPositionKeyPrefix, kind, partition); }
std::string BeginKey(TopicNumber topic, int32_t partition) { return Numbered(kBeginKeyPrefix, topic, partition); }

std::string CompactedKey(TopicNumber topic, int32_t partition) { return Numbered(kCompactedKeyPrefix, topic, partition); }

std::string EncodeOffset(int64_t offset) {
  std::string bytes;
  AppendFixed64(bytes, static_cast<uint64_t>(offset));
  return bytes;
}

bool ParseOffset(absl::string_view bytes, int64_t& offset) {
  uint64_t value = 0;
  if (bytes.size() != sizeof(value) || !TakeFixed64(bytes, value)) return false;
  offset = static_cast<int64_t>(value);
  return true;
}

}  // namespace touchstone::eventlog::embedded
