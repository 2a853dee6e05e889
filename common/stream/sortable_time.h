#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace touchstone::stream {

inline constexpr size_t kSortableTimeSize = 8;

// A time as 8 bytes that order as times do: microseconds since 1970, big-endian, the sign bit turned.
inline std::string SortableTime(absl::Time time) {
  const uint64_t bits = static_cast<uint64_t>(absl::ToUnixMicros(time)) ^ (uint64_t{1} << 63);
  std::string bytes(kSortableTimeSize, '\0');
  for (size_t i = 0; i < kSortableTimeSize; ++i) bytes[i] = static_cast<char>(bits >> (56 - 8 * i));
  return bytes;
}

// The way back. `bytes` begins with what SortableTime made.
inline absl::Time TimeFromSortable(absl::string_view bytes) {
  uint64_t bits = 0;
  for (size_t i = 0; i < kSortableTimeSize && i < bytes.size(); ++i) bits = bits << 8 | static_cast<unsigned char>(bytes[i]);
  return absl::FromUnixMicros(static_cast<int64_t>(bits ^ (uint64_t{1} << 63)));
}

}  // namespace touchstone::stream
