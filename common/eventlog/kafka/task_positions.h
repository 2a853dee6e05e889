#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace touchstone::eventlog::kafka {

// A task's position: the next offset of each topic it has read from.
using TaskPositions = std::map<std::string, int64_t>;

// The changelog's record of it. State keys never begin with two zero bytes.
inline constexpr absl::string_view kReservedPrefix("\0\0", 2);
inline constexpr absl::string_view kPositionsKey("\0\0positions", 11);

// A line a topic: `touchpoints.v1 1042`.
std::string EncodePositions(const TaskPositions& positions);
// DATA_LOSS where it is none.
absl::StatusOr<TaskPositions> DecodePositions(absl::string_view text);

}  // namespace touchstone::eventlog::kafka
