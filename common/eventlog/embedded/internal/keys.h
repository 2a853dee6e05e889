#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

// The keys of the store's three column families. Numbers are big endian, so that they order as numbers.
//
//   log    topic (2) partition (2) base offset (8)        -> a chunk (chunk.h)
//   state  kind (2) partition (2) the state's own key     -> the state's own value
//   meta   E                                              -> the end of what is written (write_end.h)
//          C topic (2) partition (2)                      -> up to where a compacted topic's partition was compacted
//          K name                                         -> a task kind: number, topics
//          P kind (2) partition (2)                       -> a task's position: next offset of each topic
//          R topic (2) partition (2)                      -> where the partition begins: what is before it is deleted
//          T name                                         -> a topic: number, partitions
namespace touchstone::eventlog::embedded {

using TopicNumber = uint16_t;
using KindNumber = uint16_t;

std::string ChunkKey(TopicNumber topic, int32_t partition, int64_t base_offset);
// The base offset of a chunk's key; -1 if it is none.
int64_t BaseOffsetOfKey(absl::string_view chunk_key);
std::string ChunkKeyPrefix(TopicNumber topic, int32_t partition);

std::string StateKeyPrefix(KindNumber kind, int32_t partition);

inline constexpr char kEndKey[] = "E";
inline constexpr char kCompactedKeyPrefix[] = "C";
inline constexpr char kKindKeyPrefix[] = "K";
inline constexpr char kPositionKeyPrefix[] = "P";
inline constexpr char kBeginKeyPrefix[] = "R";
inline constexpr char kTopicKeyPrefix[] = "T";

std::string PositionKey(KindNumber kind, int32_t partition);
std::string BeginKey(TopicNumber topic, int32_t partition);
std::string CompactedKey(TopicNumber topic, int32_t partition);

// An offset as the value of a BeginKey or a CompactedKey.
std::string EncodeOffset(int64_t offset);
// False if it is none.
bool ParseOffset(absl::string_view bytes, int64_t& offset);

}  // namespace touchstone::eventlog::embedded
