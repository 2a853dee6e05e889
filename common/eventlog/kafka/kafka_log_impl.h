#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "common/eventlog/kafka/appender.h"
#include "common/eventlog/kafka/cluster.h"
#include "common/eventlog/kafka/folder_claim.h"
#include "common/eventlog/kafka/kafka_log.h"
#include "common/eventlog/kafka/state_store.h"

namespace touchstone::eventlog::kafka {

class KafkaLog : public EventLog {
 public:
  static absl::StatusOr<std::unique_ptr<KafkaLog>> Open(KafkaOptions options, const clock::Clock& clock);

  const TopicCatalog& topics() const override { return catalog_; }
  void Append(std::vector<OutRecord> records, AppendDone done) override {
    appender_->Append(std::move(records), std::move(done));
  }
  absl::StatusOr<std::unique_ptr<Member>> Join(const TaskKind& kind, const MemberOptions& options) override;
  absl::StatusOr<std::unique_ptr<Tail>> OpenTail(absl::string_view topic, const TailStart& start) override;
  absl::StatusOr<std::vector<int64_t>> EndOffsets(absl::string_view topic) override;
  absl::StatusOr<std::vector<std::vector<int64_t>>> HighWatermarks(const std::vector<std::string>& topics) override;
  // A commit that has returned is durable.
  void WhenDurable(CommitPoint point, absl::AnyInvocable<void(absl::Status)> done) override { std::move(done)(absl::OkStatus()); }
  ChangeSignal& changes() override { return changes_; }
  absl::Status Intake() const override { return appender_->Intake(); }
  void Close() override { appender_->Close(); }
  absl::string_view name() const override { return "kafka"; }

  // The local copies of a kind's states; opened when the kind is joined first, and anew where they are damaged. UNAVAILABLE: they
  // are, and another member still holds them.
  absl::StatusOr<std::shared_ptr<const StateStore>> Store(const std::string& kind);

  // For members and tails.
  const KafkaOptions& options() const { return options_; }
  const clock::Clock& clock() const { return clock_; }
  std::string Physical(absl::string_view topic) const { return absl::StrCat(options_.prefix, topic); }
  // All partitions of a topic by its name in the cluster.
  absl::StatusOr<std::vector<TopicPartition>> PartitionsOf(absl::string_view topic) const;
  CommitPoint NextPoint() { return CommitPoint{++last_point_}; }
  void Leave(const std::string& member_id);

 private:
  KafkaLog(KafkaOptions options, const clock::Clock& clock) : options_(std::move(options)), clock_(clock) {}
  absl::Status Connect();
  // The kind's partition count, where its topics fit together.
  absl::StatusOr<int> CheckedPartitionCount(const TaskKind& kind) const;

  const KafkaOptions options_;
  const clock::Clock& clock_;
  TopicCatalog catalog_;
  ChangeSignal changes_;
  std::atomic<uint64_t> last_point_ = 0;
  std::string cluster_id_;
  std::mutex mutex_;
  // Guarded by mutex_: the ids of members that live, and by kind whose folder it is and what they share in it.
  std::set<std::string> member_ids_;
  std::map<std::string, FolderClaim> claims_;
  std::map<std::string, std::shared_ptr<const StateStore>> stores_;
  std::unique_ptr<Appender> appender_;

  std::mutex watermarks_mutex_;
  std::unique_ptr<OffsetReader> watermarks_;  // Guarded by watermarks_mutex_. Made when it is needed, and anew after it failed.
};

}  // namespace touchstone::eventlog::kafka
