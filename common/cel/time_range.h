#pragma once

#include <cstdint>

namespace touchstone::cel {

inline constexpr int64_t kNanosPerSecond = 1'000'000'000;
// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z in seconds since 1970.
inline constexpr int64_t kTimestampSecondsMin = -62'135'596'800;
inline constexpr int64_t kTimestampSecondsMax = 253'402'300'799;

constexpr bool IsTimestampInRange(int64_t seconds, int32_t nanos) {
  return seconds >= kTimestampSecondsMin && seconds <= kTimestampSecondsMax && nanos >= 0 && nanos < kNanosPerSecond;
}

}  // namespace touchstone::cel
