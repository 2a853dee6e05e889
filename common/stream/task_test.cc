#include "common/stream/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "common/stream/topics.h"
#include "touchstone/events/v1/dead_letter.pb.h"

namespace touchstone::stream {
namespace {

using eventlog::InputBatch;
using eventlog::Record;
using testing::ElementsAre;

absl::Time At(int seconds) { return absl::FromUnixSeconds(1'000'000 + seconds); }
Record RecordAt(int64_t offset, int seconds, std::string value) { return {offset, At(seconds), "key", "id", std::move(value)}; }

class MapState : public eventlog::StateView {
 public:
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    auto it = map.find(std::string(key));
    return it == map.end() ? std::nullopt : std::optional<std::string>(it->second);
  }
  absl::Status Scan(absl::string_view begin, absl::string_view end, Visit visit) const override {
    for (auto it = map.lower_bound(std::string(begin)); it != map.end() && (end.empty() || it->first < std::string(end)); ++it) {
      if (!visit(it->first, it->second)) break;
    }
    return absl::OkStatus();
  }
  std::map<std::string, std::string> map;
};

// Writes down what it is told. A value `timer K S` sets timer K for second S; `poison` is poison; `bury` asks for a dead
// letter; `latest V` writes V as the latest; anything else is emitted.
class Scribe : public Processor {
 public:
  explicit Scribe(std::vector<std::string>* story) : story_(*story) {}

  absl::Status OnRecord(absl::string_view topic, const Record& record, UnitOfWork& work) override {
    story_.push_back(absl::StrCat(topic, " ", record.value, " @", absl::ToInt64Seconds(work.now() - At(0))));
    const std::string& value = record.value;
    work.Put("last", value);
    if (value.rfind("timer ", 0) == 0) {
      work.SetTimer(value.substr(6, 1), At(std::stoi(value.substr(8))));
    } else if (value == "poison") {
      work.SetTimer("lost", At(0));
      work.Emit("out", "k", std::string("lost"));
      return absl::InvalidArgumentError("no such word");
    } else if (value == "bury") {
      work.DeadLetter("REFUSED", "as asked");
    } else if (value.rfind("latest ", 0) == 0) {
      work.EmitLatest("digest", "k", value.substr(7));
    } else {
      work.Emit("out", "k", value);
    }
    return absl::OkStatus();
  }

  absl::Status OnTimer(absl::string_view key, absl::Time due, UnitOfWork& work) override {
    story_.push_back(absl::StrCat("timer ", key, " @", absl::ToInt64Seconds(work.now() - At(0))));
    work.Emit("out", "k", absl::StrCat("fired ", key));
    return absl::OkStatus();
  }

 private:
  std::vector<std::string>& story_;
};

class TaskTest : public testing::Test {
 protected:
  TaskTest() {
    definition_.kind = {"scribe", {"a", "b"}, {}};
    definition_.inbox = "b";
    definition_.make_processor = [this](int) { return std::make_unique<Scribe>(&story_); };
    Start();
  }
  void Start() { task_ = *Task::Start(definition_, 0, state_); }

  absl::StatusOr<bool> Process(InputBatch a, InputBatch b, int wall) {
    return task_->Process({std::move(a), std::move(b)}, At(wall), limits_);
  }

  // As a log would: the changes become the state.
  eventlog::TaskCommit Commit() {
    eventlog::TaskCommit commit = task_->TakeCommit();
    for (const eventlog::StateChange& change : commit.changes) {
      if (change.value) {
        state_.map[change.key] = *change.value;
      } else {
        state_.map.erase(change.key);
      }
    }
    return commit;
  }

  TaskDefinition definition_;
  MapState state_;
  std::vector<std::string> story_;
  BatchLimits limits_;
  std::unique_ptr<Task> task_;
};

TEST_F(TaskTest, TakesTheOldestRecordOfAllInputsAndTheEarlierInputWhereTheyAreEqual) {
  ASSERT_TRUE(
      Process({{RecordAt(0, 1, "a1"), RecordAt(1, 3, "a3")}, true}, {{RecordAt(0, 1, "b1"), RecordAt(1, 2, "b2")}, true}, 9)
          .ok());
  EXPECT_THAT(story_, ElementsAre("a a1 @1", "b b1 @1", "b b2 @2", "a a3 @3"));
}

TEST_F(TaskTest, NoDeadlineFiresBeforeAQueuedRecordThatWasThereInTime) {
  ASSERT_TRUE(
      Process({{RecordAt(0, 1, "timer x 10"), RecordAt(1, 10, "in time"), RecordAt(2, 12, "late")}, true}, {{}, true}, 5000)
          .ok());
  EXPECT_THAT(story_, ElementsAre("a timer x 10 @1", "a in time @10", "timer x @10", "a late @12"));
}

TEST_F(TaskTest, AtTheHighWatermarkTheWallClockFires) {
  ASSERT_TRUE(Process({{RecordAt(0, 1, "timer x 10"), RecordAt(1, 1, "timer y 11")}, true}, {{}, true}, 10).ok());
  EXPECT_THAT(story_, ElementsAre("a timer x 10 @1", "a timer y 11 @1", "timer x @10"));
}

TEST_F(TaskTest, TimersWaitWhereAnInputHidesWhatComesNext) {
  ASSERT_TRUE(Process({{RecordAt(0, 1, "timer x 10"), RecordAt(1, 20, "after")}, true}, {{}, false}, 30).ok());
  EXPECT_THAT(story_, ElementsAre("a timer x 10 @1", "a after @20"));
}

TEST_F(TaskTest, AnInputFetchedInPartIsFetchedAgainBeforeOthersGoOn) {
  ASSERT_TRUE(Process({{RecordAt(0, 1, "a1")}, false}, {{RecordAt(0, 2, "b2")}, true}, 9).ok());
  EXPECT_THAT(story_, ElementsAre("a a1 @1"));
}

TEST_F(TaskTest, TheClockNeverGoesBackNotEvenOverARestart) {
  ASSERT_TRUE(Process({{RecordAt(0, 50, "late")}, true}, {{}, true}, 60).ok());
  Commit();
  Start();
  ASSERT_TRUE(Process({{}, true}, {{RecordAt(0, 20, "early")}, true}, 60).ok());
  EXPECT_THAT(story_, ElementsAre("a late @50", "b early @50"));
}

TEST_F(TaskTest, TimersOutliveARestartAndFireOnce) {
  ASSERT_TRUE(Process({{RecordAt(0, 1, "timer x 10")}, true}, {{}, true}, 2).ok());
  Commit();
  Start();
  EXPECT_EQ(task_->NextTimer(), At(10));
  ASSERT_TRUE(*Process({{}, true}, {{}, true}, 11));
  Commit();
  Start();
  ASSERT_FALSE(*Process({{}, true}, {{}, true}, 12));
  EXPECT_THAT(story_, ElementsAre("a timer x 10 @1", "timer x @10"));
}

TEST_F(TaskTest, ATimerSetAgainMovesAndOneSetForThePastFiresOnceMore) {
  ASSERT_TRUE(
      Process({{RecordAt(0, 1, "timer x 10"), RecordAt(1, 2, "timer x 20"), RecordAt(2, 30, "timer x 20")}, true}, {{}, true}, 40)
          .ok());
  EXPECT_THAT(story_, ElementsAre("a timer x 10 @1", "a timer x 20 @2", "timer x @20", "a timer x 20 @30", "timer x @30"));
  std::vector<std::string> ids;
  for (const eventlog::OutRecord& output : Commit().outputs) ids.push_back(output.id);
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_NE(ids[0], ids[1]);
}

TEST_F(TaskTest, PoisonBecomesADeadLetterAndWhatItDidIsForgotten) {
  ASSERT_TRUE(Process({{RecordAt(0, 1, "good"), RecordAt(1, 2, "poison"), RecordAt(2, 3, "after")}, true}, {{}, true}, 9).ok());
  eventlog::TaskCommit commit = Commit();
  ASSERT_EQ(commit.outputs.size(), 3u);
  EXPECT_EQ(commit.outputs[0].value, "good");
  EXPECT_EQ(commit.outputs[1].topic, topics::kDeadLetters);
  events::v1::DeadLetter letter;
  ASSERT_TRUE(letter.ParseFromString(commit.outputs[1].value));
  EXPECT_EQ(letter.value(), "poison");
  EXPECT_EQ(letter.offset(), 1);
  EXPECT_EQ(letter.id(), commit.outputs[1].id);
  EXPECT_EQ(commit.outputs[2].value, "after");
  EXPECT_EQ(state_.map["last"], "after");
  EXPECT_EQ(task_->NextTimer(), absl::InfiniteFuture());
  EXPECT_EQ(task_->dead_letter_count(), 1);
  ASSERT_EQ(commit.positions.size(), 1u);
  EXPECT_EQ(commit.positions[0].next_offset, 3);
}

TEST_F(TaskTest, ALargePoisonFitsItsLetterAndALargeOutputStopsTheTask) {
  definition_.make_processor = [](int) {
    class Refuser : public Processor {
     public:
      absl::Status OnRecord(absl::string_view, const Record& record, UnitOfWork& work) override {
        if (record.value.front() == 'p') return absl::InvalidArgumentError("no");
        work.Emit("out", "k", std::string(eventlog::kRecordBytesMax, 'x'));
        return absl::OkStatus();
      }
      absl::Status OnTimer(absl::string_view, absl::Time, UnitOfWork&) override { return absl::OkStatus(); }
    };
    return std::make_unique<Refuser>();
  };
  Start();
  ASSERT_TRUE(Process({{RecordAt(0, 1, std::string(eventlog::kRecordBytesMax, 'p'))}, true}, {{}, true}, 9).ok());
  const eventlog::TaskCommit commit = Commit();
  ASSERT_EQ(commit.outputs.size(), 1u);
  EXPECT_LT(commit.outputs[0].value.size(), static_cast<size_t>(eventlog::kRecordBytesMax));
  EXPECT_TRUE(absl::IsDataLoss(Process({{RecordAt(1, 2, "out")}, true}, {{}, true}, 9).status()));
}

TEST_F(TaskTest, PoisonInTheInboxStopsTheTask) {
  absl::StatusOr<bool> did = Process({{}, true}, {{RecordAt(7, 1, "poison")}, true}, 9);
  EXPECT_TRUE(absl::IsDataLoss(did.status())) << did.status();
  EXPECT_THAT(std::string(did.status().message()), testing::HasSubstr("offset 7"));
}

TEST_F(TaskTest, OfSeveralLatestOnlyTheLastIsWritten) {
  ASSERT_TRUE(Process({{RecordAt(0, 1, "latest 1"), RecordAt(1, 1, "x"), RecordAt(2, 1, "latest 2")}, true}, {{}, true}, 9).ok());
  std::vector<std::string> values;
  for (const eventlog::OutRecord& output : Commit().outputs) values.push_back(output.value);
  EXPECT_THAT(values, ElementsAre("2", "x"));
}

TEST_F(TaskTest, MoreTimersThanMemoryHoldsFireInOrder) {
  const int count = static_cast<int>(Timers::kNearMax) * 3;
  definition_.make_processor = [](int) {
    class Setter : public Processor {
     public:
      absl::Status OnRecord(absl::string_view, const Record&, UnitOfWork& work) override {
        for (int i = 0; i < static_cast<int>(Timers::kNearMax) * 3; ++i)
          work.SetTimer(absl::StrCat("k", i), At(10 + (i * 7919) % 10007));
        return absl::OkStatus();
      }
      absl::Status OnTimer(absl::string_view key, absl::Time due, UnitOfWork& work) override {
        work.Emit("out", "", absl::StrCat(absl::Dec(absl::ToUnixSeconds(due), absl::kZeroPad12), key));
        return absl::OkStatus();
      }
    };
    return std::make_unique<Setter>();
  };
  Start();
  ASSERT_TRUE(Process({{RecordAt(0, 1, "go")}, true}, {{}, true}, 5).ok());
  Commit();
  std::vector<std::string> fired;
  while (*Process({{}, true}, {{}, true}, 1'000'000)) {
    for (const eventlog::OutRecord& output : Commit().outputs) fired.push_back(output.value);
  }
  EXPECT_EQ(fired.size(), static_cast<size_t>(count));
  EXPECT_TRUE(std::is_sorted(fired.begin(), fired.end()));
}

}  // namespace
}  // namespace touchstone::stream
