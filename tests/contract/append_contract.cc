#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/ids/partitioner.h"
#include "common/status/errors.h"
#include "tests/contract/event_log_contract.h"

namespace touchstone::eventlog {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_P(EventLogContract, APositionSaysWhereTheRecordLies) {
  const std::vector<Position> positions =
      Append({{"orders", "a", "id-1", "1"}, {"orders", "b", "id-2", "2"}, {"narrow", "a", "", "3"}});
  ASSERT_EQ(positions.size(), 3U);
  EXPECT_EQ(positions[0].topic, "orders");
  EXPECT_EQ(positions[0].partition, ids::PartitionFor("a", 4));
  EXPECT_EQ(positions[1].partition, ids::PartitionFor("b", 4));
  EXPECT_EQ(positions[2].topic, "narrow");
  EXPECT_EQ(positions[2].partition, ids::PartitionFor("a", 2));
  for (const TailRecord& tailed : ReadAll("orders")) {
    const Position& position = tailed.record.key == "a" ? positions[0] : positions[1];
    EXPECT_EQ(tailed.partition, position.partition);
    EXPECT_EQ(tailed.record.offset, position.offset);
  }
}

TEST_P(EventLogContract, EveryKeyGoesWhereThePartitionerSays) {
  std::vector<OutRecord> records;
  for (int i = 0; i < 100; ++i) records.push_back({"orders", absl::StrCat("key-", i), "", ""});
  const std::vector<Position> positions = Append(records);
  ASSERT_EQ(positions.size(), 100U);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(positions[i].partition, *log().topics().PartitionFor("orders", records[i].key)) << records[i].key;
  }
}

TEST_P(EventLogContract, AStatedPartitionIsTaken) {
  for (int partition = 0; partition < 4; ++partition)
    EXPECT_EQ(AppendTo("orders", partition, "v", "same key").partition, partition);
}

TEST_P(EventLogContract, ARecordComesBackAsItWasWritten) {
  const std::string binary("\0\xff\n\x80", 4);
  Append({{"orders", "key", "id", "value", 0}, {"orders", "", "", "", 1}, {"orders", binary, "id \xc3\xa4", binary, 2}});
  std::vector<TailRecord> read = ReadAll("orders");
  ASSERT_EQ(read.size(), 3U);
  std::sort(read.begin(), read.end(), [](const auto& a, const auto& b) { return a.partition < b.partition; });
  EXPECT_EQ(read[0].record.key, "key");
  EXPECT_EQ(read[0].record.id, "id");
  EXPECT_EQ(read[0].record.value, "value");
  EXPECT_EQ(read[1].record.key, "");
  EXPECT_EQ(read[1].record.id, "");
  EXPECT_EQ(read[1].record.value, "");
  EXPECT_EQ(read[2].record.key, binary);
  EXPECT_EQ(read[2].record.id, "id \xc3\xa4");
  EXPECT_EQ(read[2].record.value, binary);
}

TEST_P(EventLogContract, OffsetsRiseFromZeroAndTimesDoNotFall) {
  int64_t last = -1;
  for (int i = 0; i < 10; ++i) {
    const Position position = AppendTo("orders", 3, absl::StrCat(i));
    if (i == 0) {
      EXPECT_EQ(position.offset, 0);
    }
    EXPECT_GT(position.offset, last);
    last = position.offset;
    provider().Advance(absl::Milliseconds(3));
  }
  EXPECT_THAT(Values(ReadAll("orders")), ElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
}

TEST_P(EventLogContract, RecordsOfAKeyKeepTheOrderOfCalls) {
  constexpr int kCalls = 200;
  std::mutex mutex;
  std::condition_variable answered;
  int answers = 0;
  for (int i = 0; i < kCalls; ++i) {
    log().Append({{"orders", "one key", "", absl::StrCat(i)}}, [&](absl::StatusOr<std::vector<Position>> positions) {
      EXPECT_TRUE(positions.ok()) << positions.status();
      std::lock_guard<std::mutex> lock(mutex);
      ++answers;
      answered.notify_one();
    });
  }
  provider().Settle(log());
  std::unique_lock<std::mutex> lock(mutex);
  ASSERT_TRUE(answered.wait_for(lock, std::chrono::seconds(30), [&] { return answers == kCalls; })) << answers;
  const std::vector<std::string> values = Values(ReadAll("orders"));
  ASSERT_EQ(values.size(), static_cast<size_t>(kCalls));
  for (int i = 0; i < kCalls; ++i) EXPECT_EQ(values[i], absl::StrCat(i));
}

TEST_P(EventLogContract, ManyRecordsOfOneCallKeepTheirOrder) {
  constexpr int kRecords = 3000;
  std::vector<OutRecord> records;
  for (int i = 0; i < kRecords; ++i)
    records.push_back({"orders", "k", absl::StrCat("id", i), absl::StrCat(i, std::string(300, 'x')), 2});
  const std::vector<Position> positions = Append(records);
  ASSERT_EQ(positions.size(), static_cast<size_t>(kRecords));
  const std::vector<TailRecord> read = ReadAll("orders");
  ASSERT_EQ(read.size(), static_cast<size_t>(kRecords));
  for (int i = 0; i < kRecords; ++i) {
    EXPECT_EQ(read[i].record.id, absl::StrCat("id", i));
    EXPECT_EQ(read[i].record.offset, positions[i].offset);
  }
}

TEST_P(EventLogContract, NoSuchTopicIsRefusedAndNothingOfTheCallIsWritten) {
  const absl::StatusOr<std::vector<Position>> positions = TryAppend({{"orders", "a", "", "1"}, {"ordres", "a", "", "2"}});
  EXPECT_EQ(positions.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(positions.status().message()), HasSubstr("ordres"));
  AppendTo("orders", 0, "after");
  EXPECT_THAT(Values(ReadAll("orders")), ElementsAre("after"));
}

TEST_P(EventLogContract, NoSuchPartitionIsRefused) {
  for (int partition : {-1, 4}) {
    EXPECT_EQ(TryAppend({{"orders", "a", "", "1", partition}}).status().code(), absl::StatusCode::kInvalidArgument) << partition;
  }
}

TEST_P(EventLogContract, ARecordAtTheLimitIsTakenAndOneAboveIsNot) {
  const std::string key(100, 'k');
  Append({{"orders", key, "", std::string(kRecordBytesMax - 100, 'v'), 0}});
  const absl::StatusOr<std::vector<Position>> above = TryAppend({{"orders", key, "", std::string(kRecordBytesMax - 99, 'v'), 0}});
  EXPECT_EQ(above.status().code(), absl::StatusCode::kInvalidArgument);
  const std::vector<TailRecord> read = ReadAll("orders");
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(static_cast<int64_t>(read[0].record.value.size()), kRecordBytesMax - 100);
}

TEST_P(EventLogContract, AnAppendOfNothingIsAnswered) { EXPECT_TRUE(Append({}).empty()); }

// What callbacks brought, from whichever threads.
class Answers {
 public:
  void Add(const absl::Status& answer) {
    std::lock_guard<std::mutex> lock(mutex_);
    answers_.push_back(answer);
  }
  std::vector<absl::Status> all() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return answers_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<absl::Status> answers_;
};

TEST_P(EventLogContract, ACloseAnswersWhatWaits) {
  constexpr int kAppends = 100;
  const std::unique_ptr<Member> member = Join(Alpha());
  const bool held = provider().HoldDurability(true);
  Answers appended;
  Answers committed;
  for (int i = 0; i < kAppends; ++i) {
    log().Append({{"orders", absl::StrCat(i), "", absl::StrCat(i)}},
                 [&](const absl::StatusOr<std::vector<Position>>& positions) { appended.Add(positions.status()); });
  }
  const absl::StatusOr<CommitPoint> point = member->Commit({TaskCommit{0, {}, {{"k", "v"}}, {}}});
  ASSERT_TRUE(point.ok()) << point.status();
  log().WhenDurable(*point, [&](const absl::Status& durable) { committed.Add(durable); });
  // Where nothing becomes durable any more by itself, closing either waits for it or says so.
  std::thread closing([&] { log().Close(); });
  if (held) provider().HoldDurability(false);
  closing.join();
  EXPECT_EQ(appended.all().size(), static_cast<size_t>(kAppends));
  EXPECT_EQ(committed.all().size(), 1U);
  for (const absl::Status& answer : appended.all()) EXPECT_TRUE(answer.ok() || absl::IsUnavailable(answer)) << answer;
}

TEST_P(EventLogContract, WhatAClosingLogAcknowledgesIsThere) {
  Answers acknowledged;
  for (int i = 0; i < 100; ++i) {
    log().Append({{"orders", absl::StrCat(i), "", absl::StrCat(i)}}, [&](const absl::StatusOr<std::vector<Position>>& positions) {
      if (positions.ok()) acknowledged.Add(absl::OkStatus());
    });
  }
  log().Close();
  Reopen();
  EXPECT_GE(ReadAll("orders").size(), acknowledged.all().size());
}

TEST_P(EventLogContract, AClosedLogTakesNothingMore) {
  AppendTo("orders", 0, "before");
  log().Close();
  log().Close();
  EXPECT_TRUE(absl::IsUnavailable(log().Intake())) << log().Intake();
  std::optional<absl::Status> refused;
  log().Append({{"orders", "k", "", "after", 0}},
               [&](const absl::StatusOr<std::vector<Position>>& positions) { refused = positions.status(); });
  ASSERT_TRUE(refused.has_value()) << "must be answered at once";
  EXPECT_TRUE(absl::IsUnavailable(*refused)) << *refused;
  EXPECT_TRUE(status::RetryDelayOf(*refused).has_value());
  EXPECT_THAT(Values(ReadAll("orders")), ElementsAre("before"));
  Reopen();
  EXPECT_THAT(Values(ReadAll("orders")), ElementsAre("before"));
}

TEST_P(EventLogContract, IntakeIsOpenAndTheLogHasAName) {
  EXPECT_TRUE(log().Intake().ok()) << log().Intake();
  EXPECT_FALSE(log().name().empty());
  EXPECT_EQ(log().topics().topics().size(), Topics().topics().size());
}

}  // namespace
}  // namespace touchstone::eventlog
