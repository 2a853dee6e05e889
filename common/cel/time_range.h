#ifndef COMMON_CEL_TIME_RANGE_H_
#define COMMON_CEL_TIME_RANGE_H_

#include <cstdint>

namespace touchstone::cel {

inline constexpr int64_t kNanosPerSecond = 1'000'000'000;
// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z in seconds since 1970.
inline constexpr int64_t kMinTimestampSeconds = -62'135'596'800;
inline constexpr int64_t kMaxTimestampSeconds = 253'402'300'799;

constexpr bool IsTimestampInRange(int64_t seconds, int32_t nanos) {
  return seconds >= kMinTimestampSeconds && seconds <= kMaxTimestampSeconds && nanos >= 0 && nanos < kNanosPerSecond;
}

}  // namespace touchstone::cel

#endif  // COMMON_CEL_TIME_RANGE_H_
