// What goes wrong in the memory log goes wrong as in the logs that it stands for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/virtual_clock.h"
#include "common/eventlog/memory/memory_log.h"

namespace touchstone::eventlog {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Strikes where it is told to, once; chooses what it is told to, in order, then 0.
class OrderedFaults : public Faults {
 public:
  bool Strikes(FaultPoint point) override { return ordered.erase(point) > 0; }
  int64_t Choose(int64_t below) override {
    if (choices.empty()) return 0;
    const int64_t choice = choices.front();
    choices.erase(choices.begin());
    return choice % below;
  }
  void Note(FaultPoint point) override { noted.insert(point); }
  void StandStill() override {
    if (meanwhile) meanwhile();
  }

  std::set<FaultPoint> ordered;
  std::vector<int64_t> choices;
  std::set<FaultPoint> noted;
  std::function<void()> meanwhile;
};

class Watcher : public DurableWatcher {
 public:
  void OnDurable(const DurableWrite& write) override {
    for (const DurableWrite::Item& item : write.items) {
      seen.push_back(absl::StrCat(item.position.topic, "/", item.position.partition, " ", item.record->value, " by ",
                                  item.task < 0 ? "a client" : write.tasks[item.task].kind));
    }
  }
  std::vector<std::string> seen;
};

class MemoryFaultsTest : public ::testing::Test {
 protected:
  void Use(Durability durability) {
    storage_ = MakeMemoryStorage(TopicCatalog({{"in", 2}, {"out", 2}}), durability);
    Watch(*storage_, &watcher_);
    one_ = MemoryLog::Open(storage_, clock_, "one", &faults_);
  }
  static OutRecord In(int partition, const std::string& value) { return {"in", "k", "", value, partition}; }
  void Append(std::vector<OutRecord> records) {
    one_->Append(std::move(records),
                 [this](const absl::StatusOr<std::vector<Position>>& positions) { answer_ = positions.status(); });
  }
  static TaskCommit CommitOf(int partition, int64_t next_offset) {
    TaskCommit commit;
    commit.partition = partition;
    commit.positions = {{"in", next_offset}};
    commit.outputs = {{"out", "k", "", "done", partition}};
    return commit;
  }

  clock::VirtualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  OrderedFaults faults_;
  Watcher watcher_;
  std::shared_ptr<MemoryStorage> storage_;
  std::unique_ptr<MemoryLog> one_;
  std::optional<absl::Status> answer_;
};

TEST_F(MemoryFaultsTest, ABrokerTakesPartOfATornAppendAndSaysUnavailable) {
  Use(Durability::kBroker);
  faults_.ordered = {FaultPoint::kAppendTorn};
  faults_.choices = {0, 1};  // The first is lost, the second stays.
  Append({In(0, "a"), In(1, "b")});
  EXPECT_TRUE(one_->Sync().ok());
  EXPECT_THAT(watcher_.seen, ElementsAre("in/1 b by a client"));
  EXPECT_TRUE(absl::IsUnavailable(*answer_)) << *answer_;
}

TEST_F(MemoryFaultsTest, OnABrokerALaterAppendMaySurviveAnEarlierOneOfAnotherPartition) {
  Use(Durability::kBroker);
  faults_.choices = {0, 1};
  Append({In(0, "a")});
  Append({In(1, "b")});
  Append({In(0, "c")});  // Behind what is lost of its partition.
  one_->Crash();
  EXPECT_THAT(watcher_.seen, ElementsAre("in/1 b by a client"));
  EXPECT_TRUE(faults_.noted.contains(FaultPoint::kAppendsReordered));
  EXPECT_FALSE(answer_.has_value()) << "nobody is left to hear it";
}

TEST_F(MemoryFaultsTest, OnOneWalABeginningOfAllWritesSurvivesAndEachAsAWhole) {
  Use(Durability::kOnSync);
  Append({In(0, "a"), In(1, "b")});
  Append({In(0, "c"), In(1, "d")});
  faults_.choices = {1};
  one_->Crash();
  EXPECT_THAT(watcher_.seen, ElementsAre("in/0 a by a client", "in/1 b by a client"));
  EXPECT_TRUE(faults_.noted.contains(FaultPoint::kUnsyncedCut));
}

TEST_F(MemoryFaultsTest, AFullDiskRefusesAppendsFirstAndThenCommits) {
  Use(Durability::kOnSync);
  const std::unique_ptr<Member> member = *one_->Join({"task", {"in"}, {}}, {});
  ASSERT_TRUE(member->PollOwnership().ok());
  Append({In(0, "a")});
  SetDiskSpace(*storage_, DiskSpace::kIntakeStops);
  Append({In(0, "b")});
  EXPECT_TRUE(absl::IsResourceExhausted(*answer_)) << *answer_;
  EXPECT_TRUE(member->Commit({CommitOf(0, 1)}).ok());
  SetDiskSpace(*storage_, DiskSpace::kReadOnly);
  EXPECT_TRUE(absl::IsResourceExhausted(member->Commit({CommitOf(1, 1)}).status()));
  SetDiskSpace(*storage_, DiskSpace::kEnough);
  EXPECT_TRUE(member->Commit({CommitOf(1, 1)}).ok());
  EXPECT_THAT(watcher_.seen, IsEmpty()) << "nothing is synced";
  EXPECT_TRUE(one_->Sync().ok());
  EXPECT_THAT(watcher_.seen, ElementsAre("in/0 a by a client", "out/0 done by task", "out/1 done by task"));
}

TEST_F(MemoryFaultsTest, WhoIsTakenForDeadWhileItStandsStillCommitsNothing) {
  Use(Durability::kBroker);
  const std::unique_ptr<MemoryLog> two = MemoryLog::Open(storage_, clock_, "two", &faults_);
  const std::unique_ptr<Member> zombie = *one_->Join({"task", {"in"}, {}}, {.instance = "a"});
  ASSERT_EQ(zombie->PollOwnership()->gained.size(), 2U);
  Append({In(0, "a")});
  ASSERT_TRUE(one_->Sync().ok());
  std::unique_ptr<Member> other;
  faults_.meanwhile = [&] {
    Expel(*storage_, "one");
    other = *two->Join({"task", {"in"}, {}}, {.instance = "b"});
    EXPECT_EQ(other->PollOwnership()->gained.size(), 2U);
    EXPECT_TRUE(other->Commit({CommitOf(0, 1)}).ok());
  };
  faults_.ordered = {FaultPoint::kStandStill};
  EXPECT_TRUE(absl::IsAborted(zombie->Commit({CommitOf(0, 1)}).status()));
  EXPECT_TRUE(faults_.noted.contains(FaultPoint::kZombieFenced));
  EXPECT_TRUE(absl::IsFailedPrecondition(zombie->PollOwnership().status())) << "it must join anew";
  EXPECT_THAT(watcher_.seen, ElementsAre("in/0 a by a client", "out/0 done by task"));
}

TEST_F(MemoryFaultsTest, OwnershipLostBeforeACommitAbortsIt) {
  Use(Durability::kBroker);
  const std::unique_ptr<Member> member = *one_->Join({"task", {"in"}, {}}, {});
  ASSERT_TRUE(member->PollOwnership().ok());
  faults_.ordered = {FaultPoint::kOwnershipLost};
  EXPECT_TRUE(absl::IsAborted(member->Commit({CommitOf(0, 0)}).status()));
  const absl::StatusOr<OwnershipChange> change = member->PollOwnership();
  EXPECT_THAT(change->lost, ElementsAre(0));
  EXPECT_THAT(change->gained, ElementsAre(0));
  EXPECT_TRUE(member->Commit({CommitOf(0, 0)}).ok());
}

}  // namespace
}  // namespace touchstone::eventlog
