#include "common/eventlog/kafka/task_positions.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace touchstone::eventlog::kafka {

std::string EncodePositions(const TaskPositions& positions) {
  std::string text;
  for (const auto& [topic, offset] : positions) absl::StrAppend(&text, topic, " ", offset, "\n");
  return text;
}

absl::StatusOr<TaskPositions> DecodePositions(absl::string_view text) {
  TaskPositions positions;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    int64_t offset = 0;
    if (parts.first.empty() || !absl::SimpleAtoi(parts.second, &offset) || offset < 0) {
      return absl::DataLossError(absl::StrCat("'", line, "' is not a task's position"));
    }
    positions[std::string(parts.first)] = offset;
  }
  return positions;
}

}  // namespace touchstone::eventlog::kafka
