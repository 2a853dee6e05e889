#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/contract/event_log_contract.h"

namespace touchstone::eventlog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST_P(EventLogContract, ATailFromTheBeginReadsAll) {
  AppendTo("orders", 0, "a");
  AppendTo("orders", 3, "b");
  const std::unique_ptr<Tail> tail = OpenTail("orders", {TailStart::From::kBegin, {}});
  EXPECT_THAT(Values(ReadTail(*tail, 2)), UnorderedElementsAre("a", "b"));
  AppendTo("orders", 1, "c");
  EXPECT_THAT(Values(ReadTail(*tail, 1)), ElementsAre("c"));
}

TEST_P(EventLogContract, ATailFromTheEndReadsWhatComesLater) {
  AppendTo("orders", 0, "before");
  const std::unique_ptr<Tail> tail = OpenTail("orders", {TailStart::From::kEnd, {}});
  AppendTo("orders", 0, "after");
  AppendTo("orders", 1, "after too");
  EXPECT_THAT(Values(ReadTail(*tail, 2)), UnorderedElementsAre("after", "after too"));
}

TEST_P(EventLogContract, ATailGoesOnFromOffsets) {
  std::vector<Position> positions;
  for (int i = 0; i < 4; ++i) positions.push_back(AppendTo("narrow", 1, absl::StrCat(i)));
  const std::unique_ptr<Tail> tail = OpenTail("narrow", {TailStart::From::kOffsets, {0, positions[2].offset}});
  EXPECT_THAT(tail->next_offsets(), ElementsAre(0, positions[2].offset));
  EXPECT_THAT(Values(ReadTail(*tail, 2)), ElementsAre("2", "3"));
}

TEST_P(EventLogContract, ATailsCursorCanBeKept) {
  for (int i = 0; i < 10; ++i) AppendTo("orders", i % 4, absl::StrCat(i));
  std::vector<std::string> all;
  TailStart start{TailStart::From::kBegin, {}};
  while (all.size() < 10) {
    const std::unique_ptr<Tail> tail = OpenTail("orders", start);
    for (const std::string& value : Values(ReadTail(*tail, 1, 3))) all.push_back(value);
    start = {TailStart::From::kOffsets, tail->next_offsets()};
  }
  EXPECT_THAT(all, UnorderedElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
}

TEST_P(EventLogContract, ATailReadsNoMoreThanAsked) {
  std::vector<OutRecord> records;
  for (int i = 0; i < 50; ++i) records.push_back({"orders", "k", "", absl::StrCat(i), i % 4});
  Append(records);
  const std::unique_ptr<Tail> tail = OpenTail("orders", {TailStart::From::kBegin, {}});
  size_t read = 0;
  while (read < 50) read += ReadTail(*tail, 1, 7).size();  // ReadTail expects each answer to be within the limit.
  EXPECT_EQ(read, 50U);
}

TEST_P(EventLogContract, ATailSeesTheOutputsOfCommitsAndNeedsNoGroup) {
  const std::unique_ptr<Tail> tail = OpenTail("reports", {TailStart::From::kEnd, {}});
  const std::unique_ptr<Member> member = Join(Alpha());
  Commit(*member, TaskCommit{0, {}, {}, {{"reports", "k", "id", "report", 1}}});
  const std::vector<TailRecord> read = ReadTail(*tail, 1);
  EXPECT_THAT(Values(read), ElementsAre("report"));
  EXPECT_EQ(read[0].record.id, "id");
  EXPECT_EQ(read[0].partition, 1);
}

TEST_P(EventLogContract, EndOffsetsAreWhereATailEnds) {
  EXPECT_THAT(log().EndOffsets("orders").value_or(std::vector<int64_t>()), ElementsAre(0, 0, 0, 0));
  const Position first = AppendTo("orders", 1, "a");
  const Position second = AppendTo("orders", 1, "b");
  EXPECT_EQ(first.offset, 0);
  const std::unique_ptr<Tail> tail = OpenTail("orders", {TailStart::From::kBegin, {}});
  ReadTail(*tail, 2);
  const absl::StatusOr<std::vector<int64_t>> ends = log().EndOffsets("orders");
  ASSERT_TRUE(ends.ok()) << ends.status();
  EXPECT_GT((*ends)[1], second.offset);
  EXPECT_EQ((*ends)[0], 0);
  EXPECT_GE((*ends)[1], tail->next_offsets()[1]);
}

TEST_P(EventLogContract, NoSuchTopicToTail) {
  EXPECT_FALSE(log().OpenTail("no such topic", {}).ok());
  EXPECT_FALSE(log().EndOffsets("no such topic").ok());
  EXPECT_FALSE(log().OpenTail("orders", {TailStart::From::kOffsets, {0, 0}}).ok());
}

TEST_P(EventLogContract, WhoTailsIsWokenWhenThereIsMore) {
  const std::unique_ptr<Tail> tail = OpenTail("orders", {TailStart::From::kEnd, {}});
  const uint64_t before = log().tail_changes().version();
  log().Append({{"orders", "k", "", "appended", 0}},
               [](const absl::StatusOr<std::vector<Position>>& positions) { EXPECT_TRUE(positions.ok()) << positions.status(); });
  provider().Settle(log());
  // Each wait is one signal: a log that does not raise it runs into the time-out.
  std::vector<TailRecord> read;
  for (uint64_t seen = before; read.empty();) {
    const uint64_t now = log().tail_changes().WaitPast(seen, absl::Seconds(30));
    ASSERT_GT(now, seen) << "nobody said that there is more";
    seen = now;
    read = *tail->Read(10);
  }
  EXPECT_THAT(Values(read), ElementsAre("appended"));
}

TEST_P(EventLogContract, ATailSeesOnlyWhatIsDurable) {
  if (!provider().HoldDurability(true)) GTEST_SKIP() << "this log's durability cannot be held";
  const std::unique_ptr<Member> member = Join(Alpha());
  const std::unique_ptr<Tail> tail = OpenTail("orders", {TailStart::From::kBegin, {}});
  bool acknowledged = false;
  log().Append({{"orders", "k", "", "appended", 0}}, [&](absl::StatusOr<std::vector<Position>>) { acknowledged = true; });
  const absl::StatusOr<CommitPoint> point = member->Commit({TaskCommit{1, {}, {}, {{"orders", "k", "", "committed", 1}}}});
  ASSERT_TRUE(point.ok()) << point.status();
  provider().Settle(log());
  EXPECT_FALSE(acknowledged);
  EXPECT_THAT(*tail->Read(10), IsEmpty());
  EXPECT_THAT(*log().EndOffsets("orders"), ElementsAre(0, 0, 0, 0));
  if (provider().fetches_before_durable()) {
    EXPECT_THAT(Values(Fetch(*member, 0, {1})[0].records), ElementsAre("appended"));
    EXPECT_THAT(Values(Fetch(*member, 1, {1})[0].records), ElementsAre("committed"));
  }
  provider().HoldDurability(false);
  EXPECT_THAT(Values(ReadTail(*tail, 2)), UnorderedElementsAre("appended", "committed"));
  // The callback refers to this frame.
  AppendTo("orders", 0, "last");
  EXPECT_TRUE(acknowledged);
}

}  // namespace
}  // namespace touchstone::eventlog
