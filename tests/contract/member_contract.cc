#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/contract/event_log_contract.h"

namespace touchstone::eventlog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

TEST_P(EventLogContract, InputsMustHaveEqualPartitionCounts) {
  EXPECT_EQ(log().Join({"narrow", {"orders", "narrow"}, {}}, {}).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(log().Join({"narrow", {"orders", "no such topic"}, {}}, {}).ok());
}

TEST_P(EventLogContract, ABatchForEachInputThenForEachBroadcast) {
  AppendTo("orders", 1, "order");
  AppendTo("answers", 1, "answer");
  AppendTo("control", 0, "news");
  AppendTo("orders", 2, "not for 1");
  const std::unique_ptr<Member> member = Join(Alpha());
  const std::vector<InputBatch> batches = Fetch(*member, 1, {1, 1, 1});
  ASSERT_EQ(batches.size(), 3U);
  EXPECT_THAT(Values(batches[0].records), ElementsAre("order"));
  EXPECT_THAT(Values(batches[1].records), ElementsAre("answer"));
  EXPECT_THAT(Values(batches[2].records), ElementsAre("news"));
}

TEST_P(EventLogContract, EveryTaskReadsABroadcastWhole) {
  AppendTo("control", 0, "one");
  AppendTo("control", 0, "two");
  const std::unique_ptr<Member> member = Join(Alpha());
  for (int partition = 0; partition < 4; ++partition) {
    EXPECT_THAT(Values(Fetch(*member, partition, {0, 0, 2})[2].records), ElementsAre("one", "two")) << partition;
  }
  const std::vector<InputBatch> batches = Fetch(*member, 2, {0, 0, 2});
  TaskCommit commit{2, {{"control", batches[2].records[0].offset + 1}}};
  Commit(*member, commit);
  EXPECT_THAT(Values(Fetch(*member, 2, {0, 0, 1})[2].records), ElementsAre("two"));
  EXPECT_THAT(Values(Fetch(*member, 3, {0, 0, 2})[2].records), ElementsAre("one", "two"));
}

TEST_P(EventLogContract, FetchingTwiceGivesTheSameFirst) {
  for (int i = 0; i < 5; ++i) AppendTo("orders", 0, absl::StrCat(i));
  const std::unique_ptr<Member> member = Join(Alpha());
  EXPECT_THAT(Values(Fetch(*member, 0, {5})[0].records), ElementsAre("0", "1", "2", "3", "4"));
  AppendTo("orders", 0, "5");
  EXPECT_THAT(Values(Fetch(*member, 0, {6})[0].records), ElementsAre("0", "1", "2", "3", "4", "5"));
}

TEST_P(EventLogContract, FetchGoesOnFromTheCommit) {
  for (int i = 0; i < 5; ++i) AppendTo("orders", 0, absl::StrCat(i));
  const std::unique_ptr<Member> member = Join(Alpha());
  const std::vector<Record> records = Fetch(*member, 0, {5})[0].records;
  Commit(*member, TaskCommit{0, {{"orders", records[2].offset + 1}}});
  EXPECT_THAT(Values(Fetch(*member, 0, {2})[0].records), ElementsAre("3", "4"));
  Commit(*member, TaskCommit{0, {{"orders", records[4].offset + 1}}});
  EXPECT_THAT(Fetch(*member, 0)[0].records, IsEmpty());
}

TEST_P(EventLogContract, LimitsOfAFetchHold) {
  for (int i = 0; i < 20; ++i) AppendTo("orders", 0, absl::StrCat("value ", i % 10, std::string(1000, '.')));
  const std::unique_ptr<Member> member = Join(Alpha());
  Fetch(*member, 0, {20});
  const InputBatch three = Fetch(*member, 0, {1}, {.records_max = 3})[0];
  EXPECT_LE(three.records.size(), 3U);
  EXPECT_FALSE(three.complete);
  const InputBatch few = Fetch(*member, 0, {1}, {.records_max = 2000, .bytes_max = 5000})[0];
  EXPECT_LT(few.records.size(), 20U);
  EXPECT_FALSE(few.complete);
}

TEST_P(EventLogContract, OneRecordIsAlwaysFetchedHoweverLarge) {
  AppendTo("orders", 0, std::string(100'000, 'x'));
  const std::unique_ptr<Member> member = Join(Alpha());
  EXPECT_EQ(Fetch(*member, 0, {1}, {.records_max = 10, .bytes_max = 100})[0].records.size(), 1U);
}

TEST_P(EventLogContract, SmallFetchesReachEverything) {
  std::vector<OutRecord> records;
  for (int i = 0; i < 100; ++i) records.push_back({"orders", "k", "", absl::StrCat(i), 0});
  Append(records);
  const std::unique_ptr<Member> member = Join(Alpha());
  std::vector<std::string> seen;
  while (seen.size() < 100) {
    const std::vector<Record> fetched = Fetch(*member, 0, {1}, {.records_max = 7})[0].records;
    ASSERT_FALSE(fetched.empty());
    for (const Record& record : fetched) seen.push_back(record.value);
    Commit(*member, TaskCommit{0, {{"orders", fetched.back().offset + 1}}});
  }
  ASSERT_EQ(seen.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(seen[i], absl::StrCat(i));
}

TEST_P(EventLogContract, CompleteMeansNothingThatWasAppendedIsMissing) {
  const std::unique_ptr<Member> member = Join(Alpha());
  for (const InputBatch& batch : Fetch(*member, 0)) EXPECT_THAT(batch.records, IsEmpty());
  AppendTo("orders", 0, "1");
  AppendTo("orders", 0, "2");
  const InputBatch batch = Fetch(*member, 0, {2})[0];
  EXPECT_EQ(batch.records.size(), 2U);
  // Whatever fetch says that it is complete has both.
  const absl::StatusOr<std::vector<InputBatch>> again = member->Fetch(0, {});
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(!(*again)[0].complete || (*again)[0].records.size() == 2U);
}

TEST_P(EventLogContract, LagCountsWhatIsNotCommitted) {
  for (int i = 0; i < 3; ++i) AppendTo("orders", 0, absl::StrCat(i));
  AppendTo("answers", 0, "a");
  const std::unique_ptr<Member> member = Join(Alpha());
  const std::vector<InputBatch> batches = Fetch(*member, 0, {3, 1});
  EXPECT_EQ(member->Lag(0), 4);
  Commit(*member, TaskCommit{0, {{"orders", batches[0].records[1].offset + 1}, {"answers", batches[1].records[0].offset + 1}}});
  Fetch(*member, 0, {1});
  EXPECT_EQ(member->Lag(0), 1);
}

TEST_P(EventLogContract, PositionsAreThoseOfTheCommit) {
  AppendTo("answers", 1, "a");
  const std::unique_ptr<Member> member = Join(Alpha());
  const auto positions = [&] {
    std::vector<std::pair<std::string, int64_t>> pairs;
    const absl::StatusOr<std::vector<InputPosition>> read = member->Positions(1);
    EXPECT_TRUE(read.ok()) << read.status();
    for (const InputPosition& position : *read) pairs.emplace_back(position.topic, position.next_offset);
    return pairs;
  };
  EXPECT_THAT(positions(), ElementsAre(Pair("orders", 0), Pair("answers", 0), Pair("control", 0)));
  const int64_t next = Fetch(*member, 1, {0, 1})[1].records[0].offset + 1;
  Commit(*member, TaskCommit{1, {{"answers", next}}});
  EXPECT_THAT(positions(), ElementsAre(Pair("orders", 0), Pair("answers", next), Pair("control", 0)));
}

TEST_P(EventLogContract, PositionsReachTheEndsOnceAllIsCommitted) {
  AppendTo("orders", 0, "order");
  const std::unique_ptr<Member> member = Join(Alpha());
  const int64_t order = Fetch(*member, 0, {1})[0].records[0].offset;
  Commit(*member, TaskCommit{0, {{"orders", order + 1}}, {}, {{"answers", "k", "", "to myself", 0}}});
  const absl::StatusOr<std::vector<std::vector<int64_t>>> ends = log().HighWatermarks({"orders", "answers", "control"});
  ASSERT_TRUE(ends.ok()) << ends.status();
  ASSERT_THAT(*ends, ElementsAre(SizeIs(4), SizeIs(4), SizeIs(1)));
  EXPECT_GE((*ends)[0][0], order + 1);
  EXPECT_EQ((*ends)[0][1], 0);
  EXPECT_LT((*member->Positions(0))[1].next_offset, (*ends)[1][0]);
  const int64_t answer = Fetch(*member, 0, {0, 1})[1].records[0].offset;
  Commit(*member, TaskCommit{0, {{"answers", answer + 1}}});
  // Until there is nothing more.
  for (const InputBatch& batch : Fetch(*member, 0)) EXPECT_THAT(batch.records, IsEmpty());
  const absl::StatusOr<std::vector<InputPosition>> positions = member->Positions(0);
  ASSERT_TRUE(positions.ok()) << positions.status();
  for (size_t i = 0; i < ends->size(); ++i) {
    EXPECT_GE((*positions)[i].next_offset, (*ends)[i][0]) << (*positions)[i].topic;
  }
  EXPECT_FALSE(log().HighWatermarks({"no such topic"}).ok());
}

TEST_P(EventLogContract, TwoKindsReadOneTopicIndependently) {
  AppendTo("orders", 0, "1");
  AppendTo("orders", 0, "2");
  const std::unique_ptr<Member> alpha = Join(Alpha());
  const std::unique_ptr<Member> beta = Join(Beta());
  const std::vector<Record> records = Fetch(*alpha, 0, {2})[0].records;
  Commit(*alpha, TaskCommit{0, {{"orders", records[1].offset + 1}}, {{"k", "alpha"}}});
  EXPECT_THAT(Values(Fetch(*beta, 0, {2})[0].records), ElementsAre("1", "2"));
  Commit(*beta, TaskCommit{0, {{"orders", records[0].offset + 1}}, {{"k", "beta"}}});
  EXPECT_THAT(Fetch(*alpha, 0)[0].records, IsEmpty());
  EXPECT_THAT(Values(Fetch(*beta, 0, {1})[0].records), ElementsAre("2"));
  EXPECT_EQ(GetState(*alpha, 0, "k"), "alpha");
  EXPECT_EQ(GetState(*beta, 0, "k"), "beta");
}

TEST_P(EventLogContract, OutputsOfACommitReachOtherKindsAndItself) {
  AppendTo("orders", 0, "order");
  const std::unique_ptr<Member> alpha = Join(Alpha());
  const std::unique_ptr<Member> beta = Join(Beta());
  const int64_t next = Fetch(*alpha, 0, {1})[0].records[0].offset + 1;
  Commit(
      *alpha,
      TaskCommit{0, {{"orders", next}}, {}, {{"reports", "k", "id-r", "report", 2}, {"answers", "k", "id-a", "to myself", 0}}});
  const std::vector<Record> reports = Fetch(*beta, 2, {0, 1})[1].records;
  EXPECT_THAT(Values(reports), ElementsAre("report"));
  EXPECT_EQ(reports[0].id, "id-r");
  EXPECT_THAT(Values(Fetch(*alpha, 0, {0, 1})[1].records), ElementsAre("to myself"));
}

TEST_P(EventLogContract, WorkersShareThePartitions) {
  for (int partition = 0; partition < 4; ++partition) AppendTo("orders", partition, absl::StrCat(partition));
  const std::unique_ptr<Member> member = Join(Alpha(), {.instance = "only", .worker = 0, .worker_count = 1});
  for (int partition = 0; partition < 4; ++partition) {
    EXPECT_THAT(Values(Fetch(*member, partition, {1})[0].records), ElementsAre(absl::StrCat(partition)));
  }
}

}  // namespace
}  // namespace touchstone::eventlog
