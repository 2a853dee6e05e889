#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "tests/contract/event_log_contract.h"

namespace touchstone::eventlog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

TEST_P(EventLogContract, ACommitIsVisibleOnReturn) {
  AppendTo("orders", 0, "1");
  const std::unique_ptr<Member> member = Join(Alpha());
  const int64_t next = Fetch(*member, 0, {1})[0].records[0].offset + 1;
  ASSERT_TRUE(member->Commit({TaskCommit{0, {{"orders", next}}, {{"k", "v"}}, {{"answers", "k", "", "output", 0}}}}).ok());
  EXPECT_EQ(GetState(*member, 0, "k"), "v");
  EXPECT_THAT(Fetch(*member, 0, {0, 1})[0].records, IsEmpty());
}

TEST_P(EventLogContract, ACommitOfSeveralTasks) {
  AppendTo("orders", 0, "a");
  AppendTo("orders", 2, "b");
  const std::unique_ptr<Member> member = Join(Alpha());
  const int64_t next_0 = Fetch(*member, 0, {1})[0].records[0].offset + 1;
  const int64_t next_2 = Fetch(*member, 2, {1})[0].records[0].offset + 1;
  Commit(*member, {TaskCommit{0, {{"orders", next_0}}, {{"k", "0"}}, {{"reports", "x", "", "from 0", 0}}},
                   TaskCommit{2, {{"orders", next_2}}, {{"k", "2"}}, {{"reports", "x", "", "from 2", 0}}}});
  EXPECT_EQ(GetState(*member, 0, "k"), "0");
  EXPECT_EQ(GetState(*member, 2, "k"), "2");
  EXPECT_THAT(Values(ReadAll("reports")), UnorderedElementsAre("from 0", "from 2"));
  EXPECT_THAT(Fetch(*member, 0)[0].records, IsEmpty());
  EXPECT_THAT(Fetch(*member, 2)[0].records, IsEmpty());
}

TEST_P(EventLogContract, ARefusedCommitLeavesNothing) {
  AppendTo("orders", 0, "1");
  const std::unique_ptr<Member> member = Join(Alpha());
  const int64_t next = Fetch(*member, 0, {1})[0].records[0].offset + 1;
  EXPECT_FALSE(member->Commit({TaskCommit{0, {{"orders", next}}, {{"k", "v"}}, {{"no such topic", "k", "", "output"}}}}).ok());
  EXPECT_EQ(GetState(*member, 0, "k"), "(none)");
  EXPECT_THAT(Values(Fetch(*member, 0, {1})[0].records), ElementsAre("1"));
}

TEST_P(EventLogContract, PointsRiseAndBecomeDurableInOrder) {
  constexpr int kCommits = 50;
  const std::unique_ptr<Member> member = Join(Alpha());
  std::mutex mutex;
  std::condition_variable called;
  std::vector<int> order;
  CommitPoint last{0};
  for (int i = 0; i < kCommits; ++i) {
    const absl::StatusOr<CommitPoint> point = member->Commit({TaskCommit{0, {}, {{"k", absl::StrCat(i)}}}});
    ASSERT_TRUE(point.ok()) << point.status();
    EXPECT_GT(*point, last);
    last = *point;
    log().WhenDurable(*point, [&, i](absl::Status status) {
      EXPECT_TRUE(status.ok()) << status;
      std::lock_guard<std::mutex> lock(mutex);
      order.push_back(i);
      called.notify_one();
    });
  }
  provider().Settle(log());
  std::unique_lock<std::mutex> lock(mutex);
  ASSERT_TRUE(called.wait_for(lock, std::chrono::seconds(30), [&] { return order.size() == kCommits; })) << order.size();
  for (int i = 0; i < kCommits; ++i) EXPECT_EQ(order[i], i);
}

TEST_P(EventLogContract, WhatIsDurableAlreadyIsToldAtOnce) {
  const std::unique_ptr<Member> member = Join(Alpha());
  const absl::StatusOr<CommitPoint> point = member->Commit({TaskCommit{0, {}, {{"k", "v"}}}});
  ASSERT_TRUE(point.ok());
  Commit(*member, TaskCommit{0, {}, {{"k", "w"}}});
  std::mutex mutex;
  std::condition_variable called;
  bool told = false;
  log().WhenDurable(*point, [&](absl::Status status) {
    EXPECT_TRUE(status.ok());
    std::lock_guard<std::mutex> lock(mutex);
    told = true;
    called.notify_one();
  });
  provider().Settle(log());
  std::unique_lock<std::mutex> lock(mutex);
  EXPECT_TRUE(called.wait_for(lock, std::chrono::seconds(30), [&] { return told; }));
}

TEST_P(EventLogContract, WhatIsHeldIsNotDurable) {
  if (!provider().HoldDurability(true)) GTEST_SKIP() << "this log's durability cannot be held";
  const std::unique_ptr<Member> member = Join(Alpha());
  const absl::StatusOr<CommitPoint> point = member->Commit({TaskCommit{0, {}, {{"k", "v"}}}});
  ASSERT_TRUE(point.ok()) << point.status();
  std::mutex mutex;
  bool told = false;
  log().WhenDurable(*point, [&](absl::Status) {
    std::lock_guard<std::mutex> lock(mutex);
    told = true;
  });
  provider().Settle(log());
  {
    std::lock_guard<std::mutex> lock(mutex);
    EXPECT_FALSE(told);
  }
  EXPECT_EQ(GetState(*member, 0, "k"), "v") << "it is visible all the same";
  provider().HoldDurability(false);
  Commit(*member, TaskCommit{0, {}, {{"k", "w"}}});
  std::lock_guard<std::mutex> lock(mutex);
  EXPECT_TRUE(told);
}

TEST_P(EventLogContract, AllIsThereAfterAReopen) {
  AppendTo("orders", 0, "1");
  AppendTo("orders", 0, "2");
  int64_t next = 0;
  {
    const std::unique_ptr<Member> member = Join(Alpha());
    next = Fetch(*member, 0, {2})[0].records[0].offset + 1;
    Commit(*member, TaskCommit{0, {{"orders", next}}, {{"k", "v"}}, {{"reports", "k", "id", "report", 3}}});
  }
  Reopen();
  EXPECT_THAT(Values(ReadAll("orders")), ElementsAre("1", "2"));
  const std::unique_ptr<Member> member = Join(Alpha());
  EXPECT_THAT(Values(Fetch(*member, 0, {1})[0].records), ElementsAre("2"));
  EXPECT_EQ((*member->Positions(0))[0].next_offset, next);
  EXPECT_THAT(Scanned(member->State(0), "", ""), ElementsAre(Pair("k", "v")));
  const std::vector<TailRecord> reports = ReadAll("reports");
  EXPECT_THAT(Values(reports), ElementsAre("report"));
  EXPECT_EQ(reports[0].record.id, "id");
}

TEST_P(EventLogContract, WhatWasNotCommittedIsNotThereAfterAReopen) {
  AppendTo("orders", 0, "1");
  {
    const std::unique_ptr<Member> member = Join(Alpha());
    EXPECT_EQ(Fetch(*member, 0, {1})[0].records.size(), 1U);  // Read, and not committed.
  }
  Reopen();
  const std::unique_ptr<Member> member = Join(Alpha());
  EXPECT_THAT(Values(Fetch(*member, 0, {1})[0].records), ElementsAre("1"));
  EXPECT_THAT(Scanned(member->State(0), "", ""), IsEmpty());
}

TEST_P(EventLogContract, AMemberGoesOnWhereTheOneBeforeStopped) {
  AppendTo("orders", 0, "1");
  AppendTo("orders", 0, "2");
  {
    const std::unique_ptr<Member> member = Join(Alpha());
    Commit(*member, TaskCommit{0, {{"orders", Fetch(*member, 0, {2})[0].records[0].offset + 1}}, {{"k", "v"}}});
  }
  const std::unique_ptr<Member> member = Join(Alpha());
  EXPECT_THAT(Values(Fetch(*member, 0, {1})[0].records), ElementsAre("2"));
  EXPECT_EQ(GetState(*member, 0, "k"), "v");
}

TEST_P(EventLogContract, OffsetsAndTimesGoOnAfterAReopen) {
  const Position before = AppendTo("orders", 0, "before");
  provider().Advance(absl::Seconds(1));
  Reopen();
  const Position after = AppendTo("orders", 0, "after");
  EXPECT_GT(after.offset, before.offset);
  const std::unique_ptr<Tail> tail = OpenTail("orders", {TailStart::From::kBegin, {}});
  const std::vector<TailRecord> read = ReadTail(*tail, 2);
  ASSERT_EQ(read.size(), 2U);
  EXPECT_GE(read[1].record.append_time, read[0].record.append_time);
}

TEST_P(EventLogContract, NeitherThereNorHalfThereAfterAKill) {
  constexpr int kRounds = 5;
  for (int round = 0; round < kRounds; ++round) {
    AppendTo("orders", 0, absl::StrCat(round));
    {
      const std::unique_ptr<Member> member = Join(Alpha());
      const std::vector<Record> records = Fetch(*member, 0, {1})[0].records;
      ASSERT_THAT(Values(records), ElementsAre(absl::StrCat(round))) << "the commit before the kill is there, once";
      if (round > 0) {
        EXPECT_EQ(GetState(*member, 0, "round"), absl::StrCat(round - 1));
      }
      Commit(*member, TaskCommit{0,
                                 {{"orders", records[0].offset + 1}},
                                 {{"round", absl::StrCat(round)}},
                                 {{"reports", "k", "", absl::StrCat(round), 0}}});
    }
    if (!KillAndReopen()) GTEST_SKIP() << "this log cannot be killed inside a process";
  }
  EXPECT_THAT(Values(ReadAll("reports")), ElementsAre("0", "1", "2", "3", "4"));
}

}  // namespace
}  // namespace touchstone::eventlog
