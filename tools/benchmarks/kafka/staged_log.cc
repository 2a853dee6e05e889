#include "tools/benchmarks/kafka/staged_log.h"

#include <optional>
#include <utility>

#include "common/status/macros.h"

namespace touchstone::benchmarks {
namespace {

using eventlog::CommitPoint;
using eventlog::FetchLimits;
using eventlog::InputBatch;
using eventlog::InputPosition;
using eventlog::Member;
using eventlog::OwnershipChange;
using eventlog::StateView;
using eventlog::TaskCommit;

class StagedState : public StateView {
 public:
  StagedState(const StateView& state, Stages& stages) : state_(state), stages_(stages) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    if (gets_++ % kTimedOnceIn != 0) return state_.Get(key);
    const Stopwatch watch;
    absl::StatusOr<std::optional<std::string>> value = state_.Get(key);
    stages_.read += watch.LapFor(kTimedOnceIn);
    return value;
  }
  absl::Status Scan(absl::string_view begin, absl::string_view end, Visit visit) const override {
    return state_.Scan(begin, end, visit);
  }

 private:
  const StateView& state_;
  Stages& stages_;
  mutable int64_t gets_ = 0;
};

class StagedMember : public Member {
 public:
  StagedMember(std::unique_ptr<Member> member, const StagedLog::Watcher& watcher, Stages& stages)
      : member_(std::move(member)), watcher_(watcher), stages_(stages) {}

  absl::StatusOr<OwnershipChange> PollOwnership() override {
    processing_.reset();
    const Stopwatch watch;
    absl::StatusOr<OwnershipChange> change = member_->PollOwnership();
    stages_.own += watch.Lap();
    if (change.ok()) {
      for (int partition : change->lost) states_.erase(partition);
      watcher_.on_owned(*change);
    }
    return change;
  }

  absl::StatusOr<std::vector<InputBatch>> Fetch(int partition, const FetchLimits& limits) override {
    EndProcessing();
    const Stopwatch watch;
    absl::StatusOr<std::vector<InputBatch>> batches = member_->Fetch(partition, limits);
    stages_.fetch += watch.Lap();
    if (batches.ok()) {
      for (const InputBatch& batch : *batches) stages_.records += static_cast<int64_t>(batch.records.size());
    }
    processing_.emplace();
    return batches;
  }

  const StateView& State(int partition) override {
    std::unique_ptr<StagedState>& state = states_[partition];
    if (state == nullptr) state = std::make_unique<StagedState>(member_->State(partition), stages_);
    return *state;
  }

  absl::StatusOr<CommitPoint> Commit(std::vector<TaskCommit> commits) override {
    EndProcessing();
    // Only positions are told of: what was written is the member's now.
    std::vector<TaskCommit> positions;
    for (const TaskCommit& commit : commits) positions.push_back({commit.partition, commit.positions, {}, {}});
    const Stopwatch watch;
    absl::StatusOr<CommitPoint> point = member_->Commit(std::move(commits));
    stages_.commit += watch.Lap();
    stages_.calls = RdkafkaCalls::OfThisThread();
    if (point.ok()) watcher_.on_committed(positions);
    return point;
  }

  absl::StatusOr<std::vector<InputPosition>> Positions(int partition) const override { return member_->Positions(partition); }
  int64_t Lag(int partition) const override { return member_->Lag(partition); }

 private:
  void EndProcessing() {
    if (processing_.has_value()) stages_.process += processing_->Lap();
    processing_.reset();
  }

  const std::unique_ptr<Member> member_;
  const StagedLog::Watcher& watcher_;
  Stages& stages_;
  std::map<int, std::unique_ptr<StagedState>> states_;
  // Since the last Fetch returned, while what it gave is being processed.
  std::optional<Stopwatch> processing_;
};

}  // namespace

Stages& Stages::operator+=(const Stages& other) {
  own += other.own;
  fetch += other.fetch;
  process += other.process;
  read += other.read;
  commit += other.commit;
  calls.produce += other.calls.produce;
  calls.send_positions += other.calls.send_positions;
  calls.commit_transaction += other.calls.commit_transaction;
  records += other.records;
  return *this;
}

absl::StatusOr<std::unique_ptr<Member>> StagedLog::Join(const eventlog::TaskKind& kind, const eventlog::MemberOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Member> member, ForwardingLog::Join(kind, options));
  return std::make_unique<StagedMember>(std::move(member), watcher_, stages_);
}

}  // namespace touchstone::benchmarks
