// A worker whose member is given its tasks late, as on a broker where state is restored first.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/clock/virtual_clock.h"
#include "common/eventlog/forwarding_log.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/stream/worker.h"

namespace touchstone::stream {
namespace {

// What a member of LateLog does at present.
struct Restore {
  bool is_done = false;
  absl::Status fails;
};

// A member that owns nothing until its restore is done.
class LateMember : public eventlog::Member {
 public:
  LateMember(std::unique_ptr<eventlog::Member> member, const Restore& restore) : member_(std::move(member)), restore_(restore) {}

  absl::StatusOr<eventlog::OwnershipChange> PollOwnership() override {
    if (restore_.is_done) return member_->PollOwnership();
    // As with a broker: it joins, and fails once it restores.
    if (polls_++ > 0 && !restore_.fails.ok()) return restore_.fails;
    return eventlog::OwnershipChange{.gained = {}, .lost = {}, .settled = false};
  }
  absl::StatusOr<std::vector<eventlog::InputBatch>> Fetch(int partition, const eventlog::FetchLimits& limits) override {
    return member_->Fetch(partition, limits);
  }
  const eventlog::StateView& State(int partition) override { return member_->State(partition); }
  absl::StatusOr<eventlog::CommitPoint> Commit(std::vector<eventlog::TaskCommit> commits) override {
    return member_->Commit(std::move(commits));
  }
  absl::StatusOr<std::vector<eventlog::InputPosition>> Positions(int partition) const override {
    return member_->Positions(partition);
  }
  int64_t Lag(int partition) const override { return member_->Lag(partition); }

 private:
  const std::unique_ptr<eventlog::Member> member_;
  const Restore& restore_;
  int polls_ = 0;
};

class LateLog : public eventlog::ForwardingLog {
 public:
  LateLog(eventlog::EventLog& log, const Restore& restore) : ForwardingLog(log), restore_(restore) {}
  absl::StatusOr<std::unique_ptr<eventlog::Member>> Join(const eventlog::TaskKind& kind,
                                                         const eventlog::MemberOptions& options) override {
    absl::StatusOr<std::unique_ptr<eventlog::Member>> joined = ForwardingLog::Join(kind, options);
    if (!joined.ok()) return joined;
    return std::make_unique<LateMember>(*std::move(joined), restore_);
  }

 private:
  const Restore& restore_;
};

class Idler : public Processor {
 public:
  absl::Status OnRecord(absl::string_view, const eventlog::Record&, UnitOfWork&) override { return absl::OkStatus(); }
  absl::Status OnTimer(absl::string_view, absl::Time, UnitOfWork&) override { return absl::OkStatus(); }
};

class WorkerSettling : public testing::Test {
 protected:
  WorkerSettling() {
    TaskDefinition idler;
    idler.kind = {"idler", {"words"}, {}};
    idler.make_processor = [](int) { return std::make_unique<Idler>(); };
    WorkerOptions options;
    options.on_runs = [this](absl::string_view, bool runs) { runs_.push_back(runs); };
    options.on_stopped = [this](absl::string_view, int, const absl::Status& why) { alarms_.emplace_back(why.message()); };
    worker_ = std::make_unique<Worker>(late_, clock_, std::vector{idler}, options);
  }
  void Step(int times) {
    for (int i = 0; i < times; ++i) {
      const absl::StatusOr<bool> did = worker_->Step();
      ASSERT_TRUE(did.ok()) << did.status();
      clock_.Advance(absl::Seconds(1));
    }
  }

  clock::VirtualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  const std::unique_ptr<eventlog::MemoryLog> log_ = eventlog::MemoryLog::Open(
      eventlog::MakeMemoryStorage(eventlog::TopicCatalog({{"words", 2}, {"dead-letters.v1", 2}}), eventlog::Durability::kAtOnce),
      clock_, "p");
  Restore restore_;
  LateLog late_{*log_, restore_};
  std::vector<bool> runs_;
  std::vector<std::string> alarms_;
  std::unique_ptr<Worker> worker_;
};

TEST_F(WorkerSettling, AKindRunsOnceWhatItWasGivenIsRestored) {
  Step(3);
  EXPECT_THAT(runs_, testing::IsEmpty()) << "it has joined, and restores";
  restore_.is_done = true;
  Step(1);
  EXPECT_THAT(runs_, testing::ElementsAre(true));
}

TEST_F(WorkerSettling, ARestoreThatFailsAgainAlarmsOnce) {
  restore_.fails = absl::UnavailableError("the changelog does not answer");
  Step(10);
  EXPECT_THAT(alarms_, testing::ElementsAre("the changelog does not answer"));
  EXPECT_THAT(runs_, testing::IsEmpty());
}

}  // namespace
}  // namespace touchstone::stream
