#include "common/eventlog/embedded/internal/task_state.h"

#include "absl/strings/str_cat.h"
#include "common/eventlog/embedded/internal/store.h"

namespace touchstone::eventlog::embedded {

TaskState::TaskState(const Store& store, KindNumber kind, int32_t partition)
    : store_(store), prefix_(StateKeyPrefix(kind, partition)) {}

absl::StatusOr<std::optional<std::string>> TaskState::Get(absl::string_view key) const {
  return store_.Get(store_.state(), absl::StrCat(prefix_, key));
}

absl::Status TaskState::Scan(absl::string_view begin, absl::string_view end, Visit visit) const {
  if (!end.empty() && begin >= end) return absl::OkStatus();
  const std::string from = absl::StrCat(prefix_, begin);
  const std::string until = end.empty() ? PrefixEnd(prefix_) : absl::StrCat(prefix_, end);
  return store_.Scan(store_.state(), from, until,
                     [&](absl::string_view key, absl::string_view value) { return visit(key.substr(prefix_.size()), value); });
}

}  // namespace touchstone::eventlog::embedded
