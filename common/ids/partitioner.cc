#include "common/ids/partitioner.h"

#include "absl/strings/str_cat.h"
#include "common/status/invariant.h"

namespace touchstone::ids {

int32_t Murmur2(absl::string_view bytes) {
  constexpr uint32_t kSeed = 0x9747B28C;
  constexpr uint32_t kMultiplier = 0x5BD1E995;
  const auto byte = [&](size_t index) { return static_cast<uint32_t>(static_cast<uint8_t>(bytes[index])); };
  const size_t whole = bytes.size() / 4 * 4;
  uint32_t hash = kSeed ^ static_cast<uint32_t>(bytes.size());
  for (size_t i = 0; i < whole; i += 4) {
    uint32_t word = byte(i) | byte(i + 1) << 8 | byte(i + 2) << 16 | byte(i + 3) << 24;
    word *= kMultiplier;
    word ^= word >> 24;
    word *= kMultiplier;
    hash = hash * kMultiplier ^ word;
  }
  if (whole < bytes.size()) {
    for (size_t i = whole; i < bytes.size(); ++i) hash ^= byte(i) << (8 * (i - whole));
    hash *= kMultiplier;
  }
  hash ^= hash >> 13;
  hash *= kMultiplier;
  hash ^= hash >> 15;
  return static_cast<int32_t>(hash);
}

int PartitionFor(absl::string_view key, int partition_count) {
  INVARIANT(partition_count > 0, absl::StrCat("a topic has ", partition_count, " partitions"));
  // Kafka's toPositive: the sign bit is dropped, which is not the absolute value.
  return (Murmur2(key) & 0x7FFFFFFF) % partition_count;
}

}  // namespace touchstone::ids
