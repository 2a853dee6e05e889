#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/eventlog/memory/memory_log.h"
#include "common/eventlog/memory/memory_storage.h"

namespace touchstone::eventlog {

class MemoryLogImpl : public MemoryLog {
 public:
  MemoryLogImpl(std::shared_ptr<MemoryStorage> storage, const clock::Clock& clock, std::string process, Faults* faults)
      : storage_(std::move(storage)), clock_(clock), process_(std::move(process)), faults_(faults) {}

  const TopicCatalog& topics() const override { return storage_->topics(); }
  void Append(std::vector<OutRecord> records, AppendDone done) override;
  absl::StatusOr<std::unique_ptr<Member>> Join(const TaskKind& kind, const MemberOptions& options) override;
  absl::StatusOr<std::unique_ptr<Tail>> OpenTail(absl::string_view topic, const TailStart& start) override;
  absl::StatusOr<std::vector<int64_t>> EndOffsets(absl::string_view topic) override;
  absl::StatusOr<std::vector<std::vector<int64_t>>> HighWatermarks(const std::vector<std::string>& topics) override;
  void WhenDurable(CommitPoint point, absl::AnyInvocable<void(absl::Status)> done) override;
  ChangeSignal& changes() override { return storage_->changes(); }
  absl::Status Intake() const override;
  void Close() override;
  absl::string_view name() const override { return "memory"; }

  absl::Status Sync() override;
  void Crash() override;
  bool crashed() const override { return crashed_; }

  // For members: all with the storage's lock held.
  MemoryStorage& storage() { return *storage_; }
  absl::Time Now() const { return clock_.Now(); }
  // Whether the fault strikes; a crash is remembered.
  bool Strikes(FaultPoint point);
  // Something happened by itself.
  void Note(FaultPoint point) {
    if (faults_ != nullptr) faults_->Note(point);
  }
  // The process may stand still here; without the lock.
  void MayStandStill();
  absl::string_view process() const { return process_; }
  int64_t Choose(int64_t below) { return faults_ == nullptr ? 0 : faults_->Choose(below); }
  absl::Status CheckAlive() const;
  absl::StatusOr<CommitPoint> WriteCommit(const std::string& kind, std::vector<TaskCommit> commits);

 private:
  struct WaitingAck {
    std::vector<Position> positions;
    AppendDone done;
    bool answer_lost = false;
  };
  // With Durability::kBroker: sent, not yet taken.
  struct SentAppend {
    std::vector<OutRecord> records;
    AppendDone done;
    bool answer_lost = false;
  };
  using DurableDone = absl::AnyInvocable<void(absl::Status)>;

  absl::Status CheckAppend(const std::vector<OutRecord>& records);
  void Send(std::vector<OutRecord> records, AppendDone done);
  void TakeSent();
  // What of what was sent reached the broker before the process died: of each partition a beginning.
  void LoseSent();
  void LoseUnsynced();
  // Writes the records whose partition is not in `cut`, which grows by chance. Returns how many of them were written.
  size_t WriteSome(SentAppend& sent, std::set<std::pair<std::string, int>>& cut);

  const std::shared_ptr<MemoryStorage> storage_;
  const clock::Clock& clock_;
  const std::string process_;
  Faults* const faults_;
  bool crashed_ = false;
  bool closed_ = false;
  uint64_t durable_point_ = 0;
  std::deque<WaitingAck> acks_;
  std::deque<SentAppend> sent_;
  std::multimap<uint64_t, DurableDone> waiting_;
};

}  // namespace touchstone::eventlog
