#include "tools/benchmarks/measured_log.h"

#include <optional>
#include <utility>

#include "common/status/macros.h"
#include "tools/benchmarks/cpu_time.h"

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

// One read in so many is timed, and counts for all.
constexpr int64_t kTimedOneIn = 16;

class MeasuredState : public StateView {
  // Before its callers: its type is deduced.
  template <typename Read>
  auto Timed(int64_t& count, Read read) const {
    if (count++ % kTimedOneIn != 0) return read();
    const absl::Duration begin = ThreadCpu();
    auto result = read();
    cost_.read += (ThreadCpu() - begin) * kTimedOneIn;
    return result;
  }

 public:
  MeasuredState(const StateView& state, KindCost& cost) : state_(state), cost_(cost) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    return Timed(cost_.gets, [&] { return state_.Get(key); });
  }
  // What `visit` does is counted with it: the overlay merges in it, which belongs to reading.
  absl::Status Scan(absl::string_view begin, absl::string_view end, Visit visit) const override {
    return Timed(cost_.scans, [&] { return state_.Scan(begin, end, visit); });
  }

 private:
  const StateView& state_;
  KindCost& cost_;
};

class MeasuredMember : public Member {
 public:
  MeasuredMember(std::unique_ptr<Member> member, KindCost& cost) : member_(std::move(member)), cost_(cost) {}

  absl::StatusOr<OwnershipChange> PollOwnership() override {
    fetched_.reset();
    return member_->PollOwnership();
  }

  absl::StatusOr<std::vector<InputBatch>> Fetch(int partition, const FetchLimits& limits) override {
    const absl::Duration begin = EndProcessing();
    absl::StatusOr<std::vector<InputBatch>> batches = member_->Fetch(partition, limits);
    fetched_ = ThreadCpu();
    cost_.fetch += *fetched_ - begin;
    return batches;
  }

  const StateView& State(int partition) override {
    std::unique_ptr<MeasuredState>& state = states_[partition];
    if (state == nullptr) state = std::make_unique<MeasuredState>(member_->State(partition), cost_);
    return *state;
  }

  absl::StatusOr<CommitPoint> Commit(std::vector<TaskCommit> commits) override {
    Count(commits);
    const absl::Duration begin = EndProcessing();
    absl::StatusOr<CommitPoint> point = member_->Commit(std::move(commits));
    cost_.commit += ThreadCpu() - begin;
    fetched_.reset();
    return point;
  }

  absl::StatusOr<std::vector<InputPosition>> Positions(int partition) const override { return member_->Positions(partition); }
  int64_t Lag(int partition) const override { return member_->Lag(partition); }

 private:
  absl::Duration EndProcessing() {
    const absl::Duration now = ThreadCpu();
    if (fetched_.has_value()) cost_.process += now - *fetched_;
    return now;
  }

  void Count(const std::vector<TaskCommit>& commits) {
    for (const TaskCommit& commit : commits) {
      ++cost_.commits;
      for (const eventlog::StateChange& change : commit.changes) {
        ++(change.value.has_value() ? cost_.puts : cost_.deletes);
        cost_.state_bytes += static_cast<int64_t>(change.key.size() + (change.value.has_value() ? change.value->size() : 0));
      }
      cost_.outputs += static_cast<int64_t>(commit.outputs.size());
      for (const eventlog::OutRecord& output : commit.outputs) {
        cost_.output_bytes += static_cast<int64_t>(output.key.size() + output.id.size() + output.value.size());
      }
    }
  }

  const std::unique_ptr<Member> member_;
  KindCost& cost_;
  std::map<int, std::unique_ptr<MeasuredState>> states_;
  // When the last Fetch returned, while what it gave is being processed.
  std::optional<absl::Duration> fetched_;
};

}  // namespace

void MeasuredLog::Reset() {
  for (auto& [name, cost] : kinds_) cost = KindCost();
}

absl::StatusOr<std::unique_ptr<Member>> MeasuredLog::Join(const eventlog::TaskKind& kind,
                                                          const eventlog::MemberOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Member> member, ForwardingLog::Join(kind, options));
  return std::make_unique<MeasuredMember>(std::move(member), kinds_[kind.name]);
}

}  // namespace touchstone::benchmarks
