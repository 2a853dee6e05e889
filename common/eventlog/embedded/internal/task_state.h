#pragma once

#include <string>

#include "common/eventlog/embedded/internal/keys.h"
#include "common/eventlog/state_view.h"

namespace touchstone::eventlog::embedded {

class Store;

// One task's part of the store's states.
class TaskState : public StateView {
 public:
  TaskState(const Store& store, KindNumber kind, int32_t partition);

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  absl::Status Scan(absl::string_view begin, absl::string_view end, Visit visit) const override;

  const std::string& prefix() const { return prefix_; }

 private:
  const Store& store_;
  const std::string prefix_;
};

}  // namespace touchstone::eventlog::embedded
