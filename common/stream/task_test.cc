#include "common/stream/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "absl/strings/match.h"
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
// letter; `latest V` writes V as the latest of k, `latest K=V` of K; anything else is emitted.
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
      const size_t equals = value.find('=');
      const bool keyed = equals != std::string::npos;
      work.EmitLatest("digest", keyed ? value.substr(7, equals - 7) : "k", value.substr(keyed ? equals + 1 : 7));
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
  ASSERT_TRUE(Process({{RecordAt(0, 1, "timer x 10"), RecordAt(1, 1, "timer y 11")}, true}, {{}, true}, 11).ok());
  EXPECT_THAT(story_, ElementsAre("a timer x 10 @1", "a timer y 11 @1", "timer x @10"));
}

// What is still appended within that instant is stamped with it, and meets the deadline: it must find the timer there.
TEST_F(TaskTest, AtItsVeryInstantATimerHasNotFired) {
  ASSERT_TRUE(Process({{RecordAt(0, 1, "timer x 10")}, true}, {{}, true}, 10).ok());
  ASSERT_TRUE(Process({{RecordAt(1, 10, "timer x 12")}, true}, {{}, true}, 11).ok());
  EXPECT_THAT(story_, ElementsAre("a timer x 10 @1", "a timer x 12 @10"));
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
  EXPECT_EQ(letter.topic(), "a");
  EXPECT_EQ(letter.key(), "key");
  EXPECT_EQ(letter.task(), "scribe");
  EXPECT_EQ(letter.reason(), "UNREADABLE");
  EXPECT_EQ(letter.dead_letter_time().seconds(), absl::ToUnixSeconds(At(2)));
  EXPECT_EQ(letter.id(), commit.outputs[1].id);
  EXPECT_TRUE(absl::EndsWith(letter.id(), ":scribe"))
      << letter.id() << ": another kind's letter of this record is another letter";
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
  events::v1::DeadLetter letter;
  ASSERT_TRUE(letter.ParseFromString(commit.outputs[0].value));
  EXPECT_THAT(letter.message(), testing::HasSubstr("524288 of its 1048576 bytes are kept"));
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

TEST_F(TaskTest, WhatAProcessorDoesBesidesALetterStays) {
  ASSERT_TRUE(Process({{RecordAt(0, 1, "bury")}, true}, {{}, true}, 9).ok());
  const eventlog::TaskCommit commit = Commit();
  EXPECT_EQ(state_.map["last"], "bury");
  ASSERT_EQ(commit.outputs.size(), 1u);
  events::v1::DeadLetter letter;
  ASSERT_TRUE(letter.ParseFromString(commit.outputs[0].value));
  EXPECT_EQ(letter.reason(), "REFUSED");
}

TEST_F(TaskTest, ATimerThatWasCancelledLeavesNothingAndCanBeSetAgain) {
  // The second it is set for; 0 cancels it.
  definition_.make_processor = [](int) {
    class Setter : public Processor {
     public:
      absl::Status OnRecord(absl::string_view, const Record& record, UnitOfWork& work) override {
        const int second = std::stoi(record.value);
        work.SetTimer("x", second == 0 ? absl::InfiniteFuture() : At(second));
        return absl::OkStatus();
      }
      absl::Status OnTimer(absl::string_view, absl::Time due, UnitOfWork& work) override {
        work.Emit("out", "k", absl::StrCat(absl::ToInt64Seconds(due - At(0))));
        return absl::OkStatus();
      }
    };
    return std::make_unique<Setter>();
  };
  Start();
  ASSERT_TRUE(Process({{RecordAt(0, 1, "10"), RecordAt(1, 2, "0")}, true}, {{}, true}, 3).ok());
  EXPECT_EQ(task_->NextTimer(), absl::InfiniteFuture());
  Commit();
  EXPECT_EQ(state_.map.size(), 1u) << "the clock's";
  ASSERT_TRUE(Process({{RecordAt(2, 4, "10")}, true}, {{}, true}, 50).ok());
  const eventlog::TaskCommit commit = Commit();
  ASSERT_EQ(commit.outputs.size(), 1u);
  EXPECT_EQ(commit.outputs[0].value, "10");
}

TEST_F(TaskTest, ATimerThatSetsItselfForNowFiresLaterSoThatIdsDiffer) {
  definition_.make_processor = [](int) {
    class Again : public Processor {
     public:
      absl::Status OnRecord(absl::string_view, const Record&, UnitOfWork& work) override {
        work.SetTimer("x", At(10));
        return absl::OkStatus();
      }
      absl::Status OnTimer(absl::string_view key, absl::Time, UnitOfWork& work) override {
        work.Emit("out", "k", std::string("fired"));
        if (++count_ < 3) work.SetTimer(key, work.now());
        return absl::OkStatus();
      }

     private:
      int count_ = 0;
    };
    return std::make_unique<Again>();
  };
  Start();
  ASSERT_TRUE(Process({{RecordAt(0, 1, "go")}, true}, {{}, true}, 20).ok());
  std::set<std::string> ids;
  for (const eventlog::OutRecord& output : Commit().outputs) ids.insert(output.id);
  EXPECT_EQ(ids.size(), 3u);
}

TEST_F(TaskTest, AProcessorMayNotWriteTheRuntimesKeys) {
  for (const std::string& key : {std::string(), std::string("\0k", 2)}) {
    definition_.make_processor = [&](int) {
      class Writer : public Processor {
       public:
        explicit Writer(std::string key) : key_(std::move(key)) {}
        absl::Status OnRecord(absl::string_view, const Record&, UnitOfWork& work) override {
          work.Put(key_, "x");
          return absl::OkStatus();
        }
        absl::Status OnTimer(absl::string_view, absl::Time, UnitOfWork&) override { return absl::OkStatus(); }

       private:
        const std::string key_;
      };
      return std::make_unique<Writer>(key);
    };
    Start();
    EXPECT_DEATH(Process({{RecordAt(0, 1, "w")}, true}, {{}, true}, 9).IgnoreError(), "reserved byte");
  }
}

TEST_F(TaskTest, TheLatestIsOfAKeyAndOfACommit) {
  const auto values_of = [](const eventlog::TaskCommit& commit) {
    std::vector<std::string> values;
    for (const eventlog::OutRecord& output : commit.outputs) values.push_back(output.key + "=" + output.value);
    return values;
  };
  ASSERT_TRUE(
      Process({{RecordAt(0, 1, "latest a=1"), RecordAt(1, 1, "latest b=2"), RecordAt(2, 1, "latest a=3")}, true}, {{}, true}, 9)
          .ok());
  EXPECT_THAT(values_of(Commit()), ElementsAre("a=3", "b=2"));
  ASSERT_TRUE(
      Process({{RecordAt(3, 1, "x"), RecordAt(4, 1, "latest b=4"), RecordAt(5, 1, "latest a=5")}, true}, {{}, true}, 9).ok());
  EXPECT_THAT(values_of(Commit()), ElementsAre("k=x", "b=4", "a=5"));
}

TEST_F(TaskTest, ABatchEndsAtTheMostRecordsTimersAndBytes) {
  const InputBatch four = {{RecordAt(0, 1, "1"), RecordAt(1, 1, "2"), RecordAt(2, 1, "3"), RecordAt(3, 1, "4")}, true};
  limits_.fetch.records_max = 3;
  ASSERT_TRUE(Process(four, {{}, true}, 9).ok());
  EXPECT_EQ(story_.size(), 3u);
  Start();
  story_.clear();
  limits_ = {};
  // Each writes `last` and its value: five bytes.
  limits_.written_bytes_max = 6;
  ASSERT_TRUE(Process(four, {{}, true}, 9).ok());
  const size_t taken = story_.size();
  EXPECT_LT(taken, 4u);
  // What is committed counts no more.
  ASSERT_EQ(Commit().positions.front().next_offset, static_cast<int64_t>(taken));
  ASSERT_TRUE(Process({{RecordAt(4, 1, "5")}, true}, {{}, true}, 9).ok());
  EXPECT_EQ(story_.size(), taken + 1);
}

TEST_F(TaskTest, ARecordWaitsForTimersThatWereDueBeforeItThoughTheyAreMoreThanABatch) {
  limits_.timers_max = 2;
  ASSERT_TRUE(
      Process({{RecordAt(0, 1, "timer x 10"), RecordAt(1, 1, "timer y 11"), RecordAt(2, 1, "timer z 12")}, true}, {{}, true}, 2)
          .ok());
  Commit();
  story_.clear();
  const InputBatch after = {{RecordAt(3, 20, "after")}, true};
  ASSERT_TRUE(Process(after, {{}, true}, 30).ok());
  EXPECT_THAT(story_, ElementsAre("timer x @10", "timer y @11"));
  EXPECT_TRUE(Commit().positions.empty());
  ASSERT_TRUE(Process(after, {{}, true}, 30).ok());
  EXPECT_THAT(story_, ElementsAre("timer x @10", "timer y @11", "timer z @12", "a after @20"));
}

TEST_F(TaskTest, AnInputReadToItsKnownEndLetsOthersGoOn) {
  ASSERT_TRUE(Process({{RecordAt(0, 1, "a1")}, false, true}, {{RecordAt(0, 2, "b2")}, true}, 9).ok());
  EXPECT_THAT(story_, ElementsAre("a a1 @1", "b b2 @2"));
}

TEST_F(TaskTest, WhatPoisonLeftInAProcessorsMemoryIsForgotten) {
  definition_.make_processor = [](int) {
    // Counts in memory, from what is stored.
    class Tally : public Processor {
     public:
      absl::Status Restore(const eventlog::StateView& state) override {
        const absl::StatusOr<std::optional<std::string>> stored = state.Get("count");
        count_ = stored.ok() && stored->has_value() ? std::stoi(**stored) : 0;
        return stored.status();
      }
      absl::Status OnRecord(absl::string_view, const Record& record, UnitOfWork& work) override {
        ++count_;
        if (record.value == "poison") return absl::InvalidArgumentError("no such word");
        work.Put("count", absl::StrCat(count_));
        return absl::OkStatus();
      }
      absl::Status OnTimer(absl::string_view, absl::Time, UnitOfWork&) override { return absl::OkStatus(); }

     private:
      int count_ = 0;
    };
    return std::make_unique<Tally>();
  };
  Start();
  ASSERT_TRUE(Process({{RecordAt(0, 1, "one"), RecordAt(1, 2, "poison"), RecordAt(2, 3, "two")}, true}, {{}, true}, 9).ok());
  Commit();
  EXPECT_EQ(state_.map["count"], "2");
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
