#include "common/eventlog/embedded/embedded_log.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/eventlog/embedded/internal/compactor.h"
#include "common/eventlog/embedded/internal/disk_guard.h"
#include "common/eventlog/embedded/internal/durability.h"
#include "common/eventlog/embedded/internal/log_writer.h"
#include "common/eventlog/embedded/internal/member.h"
#include "common/eventlog/embedded/internal/open_folder.h"
#include "common/eventlog/embedded/internal/record_router.h"
#include "common/eventlog/embedded/internal/retention.h"
#include "common/eventlog/embedded/internal/storage_error.h"
#include "common/eventlog/embedded/internal/task_table.h"
#include "common/eventlog/embedded/internal/topic_tail.h"
#include "common/status/errors.h"
#include "common/status/macros.h"

namespace touchstone::eventlog {
namespace embedded {
namespace {

constexpr absl::Duration kRetryWhenBehind = absl::Milliseconds(100);
// Topics are cleaned once in so many looks at the disk.
constexpr int kLooksPerCleaning = 30;

DiskGuard MakeDiskGuard(const EmbeddedOptions& options) {
  std::function<int64_t()> free_bytes = options.free_bytes;
  if (!free_bytes) free_bytes = [folder = options.folder] { return FreeBytesOnDisk(folder); };
  return DiskGuard(options.folder, std::move(free_bytes), options.limits.soft_free_bytes, options.limits.hard_free_bytes);
}

class EmbeddedLogOnFolder : public EmbeddedLog {
 public:
  EmbeddedLogOnFolder(EmbeddedOptions options, const clock::Clock& clock, OpenedFolder opened)
      : options_(std::move(options)),
        clock_(clock),
        opened_(std::move(opened)),
        disk_(MakeDiskGuard(options_)),
        durability_(*opened_.store, std::move(opened_.mark), options_.folder, opened_.end, tail_changes_),
        writer_(*opened_.store, durability_, disk_, clock_, changes_, options_.folder, opened_.end,
                options_.limits.recent_bytes_max),
        retention_(*opened_.store, *opened_.topics, *opened_.tasks, writer_, durability_),
        compactor_(*opened_.store, *opened_.topics, *opened_.tasks, writer_, options_.limits.compaction_key_bytes_max) {
    if (options_.maintenance_interval < absl::InfiniteDuration()) maintenance_ = std::thread([this] { RunMaintenance(); });
  }

  ~EmbeddedLogOnFolder() override { Close(); }

  void Close() override {
    {
      // Whoever is among those who append has then handed over what it writes.
      std::unique_lock<std::shared_mutex> lock(appending_);
      closed_ = true;
    }
    {
      std::lock_guard<std::mutex> lock(stopping_mutex_);
      stopping_ = true;
    }
    stop_.notify_one();
    if (maintenance_.joinable()) maintenance_.join();
    writer_.Finish();
    durability_.Finish();
  }

  const TopicCatalog& topics() const override { return options_.topics; }

  void Append(std::vector<OutRecord> records, AppendDone done) override {
    if (absl::Status intake = disk_.Intake(); !intake.ok()) return done(std::move(intake));
    absl::StatusOr<RoutedRecords> routed = Route(*opened_.topics, records);
    if (!routed.ok()) return done(routed.status());
    if (records.empty()) return done(std::vector<Position>());
    if (absl::Status taken = TakeIn(routed->bytes); !taken.ok()) return done(std::move(taken));
    std::vector<std::string> topics;
    for (OutRecord& record : records) topics.push_back(std::move(record.topic));
    auto request = std::make_unique<WriteRequest>();
    const int64_t bytes = routed->bytes;
    request->records = *std::move(routed);
    request->acknowledge = [this, bytes, topics = std::move(topics), done = std::move(done)](WriteRequest& written,
                                                                                             absl::Status status) mutable {
      in_flight_bytes_ -= bytes;
      if (!status.ok()) return done(std::move(status));
      done(Positions(written.records, std::move(topics)));
    };
    if (!Submit(request)) request->acknowledge(*request, LogClosed());
  }

  absl::StatusOr<std::unique_ptr<Member>> Join(const TaskKind& kind, const MemberOptions& options) override {
    return JoinKind({*opened_.store, *opened_.topics, *opened_.tasks, writer_, disk_}, kind, options);
  }

  absl::StatusOr<std::unique_ptr<Tail>> OpenTail(absl::string_view topic, const TailStart& start) override {
    ASSIGN_OR_RETURN(const Topic* found, opened_.topics->Require(topic));
    ASSIGN_OR_RETURN(std::vector<int64_t> offsets, StartOffsets(*found, start));
    return std::make_unique<TopicTail>(*found, std::move(offsets));
  }

  absl::StatusOr<std::vector<int64_t>> EndOffsets(absl::string_view topic) override {
    ASSIGN_OR_RETURN(const Topic* found, opened_.topics->Require(topic));
    return StartOffsets(*found, {TailStart::From::kEnd, {}});
  }

  absl::StatusOr<std::vector<std::vector<int64_t>>> HighWatermarks(const std::vector<std::string>& topics) override {
    std::vector<std::vector<int64_t>> ends;
    for (const std::string& name : topics) {
      ASSIGN_OR_RETURN(const Topic* topic, opened_.topics->Require(name));
      std::vector<int64_t>& of_topic = ends.emplace_back();
      for (const auto& partition : topic->partitions) of_topic.push_back(partition->end_offset());
    }
    return ends;
  }

  void WhenDurable(CommitPoint point, absl::AnyInvocable<void(absl::Status)> done) override {
    durability_.WhenDurable(static_cast<uint64_t>(point), std::move(done));
  }

  ChangeSignal& changes() override { return changes_; }
  ChangeSignal& tail_changes() override { return tail_changes_; }

  absl::Status Intake() const override {
    if (closed_) return LogClosed();
    RETURN_IF_ERROR(disk_.Intake());
    return Behind(in_flight_bytes_);
  }

  absl::string_view name() const override { return "embedded"; }

  absl::Status Maintain() override {
    LookAtDisk();
    return CleanTopics();
  }

 private:
  static std::vector<Position> Positions(const RoutedRecords& records, std::vector<std::string> topics) {
    std::vector<Position> positions;
    positions.reserve(topics.size());
    for (size_t i = 0; i < topics.size(); ++i) {
      const RoutedRecords::Slot& slot = records.slots[i];
      const Block& block = records.blocks[slot.block];
      positions.push_back({std::move(topics[i]), block.partition->partition(), block.base_offset + slot.index});
    }
    return positions;
  }

  absl::Status Behind(int64_t in_flight) const {
    if (in_flight < options_.limits.in_flight_bytes_max) return absl::OkStatus();
    return status::WithRetry(
        absl::ResourceExhaustedError(absl::StrCat(in_flight >> 10, " KiB wait to become durable: the disk of data folder '",
                                                  options_.folder, "' does not keep up")),
        kRetryWhenBehind);
  }

  // Counts the bytes of an append. At least one is always taken, however large.
  absl::Status TakeIn(int64_t bytes) {
    const int64_t before = in_flight_bytes_.fetch_add(bytes);
    if (before == 0 || before + bytes <= options_.limits.in_flight_bytes_max) return absl::OkStatus();
    in_flight_bytes_ -= bytes;
    return Behind(std::max(before + bytes, options_.limits.in_flight_bytes_max));
  }

  // False: the log is closed, and the request still the caller's.
  bool Submit(std::unique_ptr<WriteRequest>& request) {
    std::shared_lock<std::shared_mutex> lock(appending_);
    if (closed_) return false;
    writer_.Submit(std::move(request));
    return true;
  }

  void LookAtDisk() {
    if (!opened_.folder->IsThere()) CrashOnLostFolder(options_.folder);
    disk_.Check();
  }

  absl::Status CleanTopics() {
    std::lock_guard<std::mutex> lock(cleaning_);
    // Deleting writes too.
    RETURN_IF_ERROR(disk_.Commits());
    RETURN_IF_ERROR(retention_.Run(clock_.Now()));
    return compactor_.Run();
  }

  void RunMaintenance() {
    std::unique_lock<std::mutex> lock(stopping_mutex_);
    const auto interval = absl::ToChronoNanoseconds(std::min(options_.maintenance_interval, absl::Hours(1)));
    for (int looks = 1; !stop_.wait_for(lock, interval, [&] { return stopping_; }); ++looks) {
      lock.unlock();
      LookAtDisk();
      // What cannot be read now is cleaned another time; who needs it gets the error.
      if (looks % kLooksPerCleaning == 0) CleanTopics().IgnoreError();
      lock.lock();
    }
  }

  const EmbeddedOptions options_;
  const clock::Clock& clock_;
  ChangeSignal changes_;
  ChangeSignal tail_changes_;
  std::atomic<int64_t> in_flight_bytes_{0};
  std::shared_mutex appending_;      // Shared by those who hand over an append.
  std::atomic<bool> closed_{false};  // Set with appending_ held alone.
  OpenedFolder opened_;
  DiskGuard disk_;
  Durability durability_;
  LogWriter writer_;
  Retention retention_;
  Compactor compactor_;
  std::mutex cleaning_;

  std::mutex stopping_mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;  // Guarded by stopping_mutex_.
  std::thread maintenance_;
};

}  // namespace
}  // namespace embedded

absl::StatusOr<std::unique_ptr<EmbeddedLog>> OpenEmbeddedLog(EmbeddedOptions options, const clock::Clock& clock) {
  ASSIGN_OR_RETURN(embedded::OpenedFolder opened, embedded::OpenFolder(options));
  return std::make_unique<embedded::EmbeddedLogOnFolder>(std::move(options), clock, std::move(opened));
}

}  // namespace touchstone::eventlog
