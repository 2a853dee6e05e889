#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/eventlog/memory/memory_storage.h"

namespace touchstone::eventlog {

class MemoryLogImpl;

// A member of a task kind's group over a MemoryStorage.
class MemoryMember : public Member {
 public:
  // `log` outlives the member.
  MemoryMember(MemoryLogImpl& log, TaskKind kind, std::string id, int partition_count);
  ~MemoryMember() override;

  absl::StatusOr<OwnershipChange> PollOwnership() override;
  absl::StatusOr<std::vector<InputBatch>> Fetch(int partition, const FetchLimits& limits) override;
  const StateView& State(int partition) override;
  absl::StatusOr<CommitPoint> Commit(std::vector<TaskCommit> commits) override;
  absl::StatusOr<std::vector<InputPosition>> Positions(int partition) const override;
  int64_t Lag(int partition) const override;

 private:
  class View;
  struct Owned {
    std::unique_ptr<View> view;
    int64_t epoch = 0;
  };
  struct Source {
    std::string topic;
    bool broadcast = false;
  };

  InputBatch FetchOne(const Source& source, int partition, FetchLimits& left);
  int64_t End(const Source& source, int partition) const;
  int64_t Next(const Source& source, int partition) const;

  MemoryLogImpl& log_;
  MemoryStorage& storage_;
  const TaskKind kind_;
  const std::string id_;
  const int partition_count_;
  std::vector<Source> sources_;
  std::map<int, Owned> owned_;
};

}  // namespace touchstone::eventlog
