// Who has read a backlog is not late with what comes next, on a real broker.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "tests/contract/kafka_under_test.h"

namespace touchstone::eventlog {
namespace {

constexpr int kRounds = 5;
// More than librdkafka 2.0.2 was once told to fetch ahead of who reads: it then looked again only a second later.
constexpr int kBacklog = 50'000;
// What it then has, it has at once, before that second is over.
constexpr FetchLimits kAtOnce = {.records_max = kBacklog, .bytes_max = 64 << 20, .wants_complete = false};
constexpr absl::Duration kPatience = absl::Seconds(30);
// The median round, on a machine that does other things too; a millisecond or some is usual.
constexpr absl::Duration kNoticedWithin = absl::Milliseconds(400);

TopicCatalog Topics() { return TopicCatalog({{"orders", 1}, {"alpha.state", 1, true}}); }

class KafkaBacklog : public testing::Test {
 protected:
  KafkaBacklog() {
    kafka_.Create(Topics());
    log_ = *OpenKafkaLog(kafka_.Options(Topics()), clock_);
  }

  void Append(int count) {
    std::vector<OutRecord> records(count, {"orders", "key", "", "value"});
    absl::Notification written;
    log_->Append(std::move(records), [&](const absl::StatusOr<std::vector<Position>>& positions) {
      EXPECT_TRUE(positions.ok()) << positions.status();
      written.Notify();
    });
    written.WaitForNotification();
  }

  // `read` says how many it has read now.
  void Await(int count, const std::function<int()>& read) {
    const absl::Duration begun = clock_.Monotonic();
    while (count > 0 && clock_.Monotonic() - begun < kPatience) {
      const uint64_t seen = log_->changes().version();
      const int now = read();
      count -= now;
      if (now == 0) log_->changes().WaitPast(seen, kPatience);
    }
    EXPECT_LE(count, 0) << "records did not come";
  }

  // How long after a backlog was read the next record takes.
  absl::Duration MedianAfterBacklog(const std::function<int()>& read) {
    std::vector<absl::Duration> rounds;
    for (int round = 0; round < kRounds; ++round) {
      Append(kBacklog);
      Await(kBacklog, read);
      const absl::Duration begun = clock_.Monotonic();
      Append(1);
      Await(1, read);
      rounds.push_back(clock_.Monotonic() - begun);
    }
    std::sort(rounds.begin(), rounds.end());
    std::printf("the next record: %s to %s\n", absl::FormatDuration(rounds.front()).c_str(),
                absl::FormatDuration(rounds.back()).c_str());
    return rounds[kRounds / 2];
  }

  KafkaUnderTest kafka_{"backlog"};
  clock::SystemClock clock_;
  std::unique_ptr<EventLog> log_;
};

TEST_F(KafkaBacklog, ATailIsNotLateBehindOne) {
  const std::unique_ptr<Tail> tail = *log_->OpenTail("orders", {TailStart::From::kBegin, {}});
  const absl::Duration median = MedianAfterBacklog([&] { return static_cast<int>(tail->Read(1000)->size()); });
  EXPECT_LT(median, kNoticedWithin);
}

TEST_F(KafkaBacklog, AMemberIsNotLateBehindOne) {
  const std::unique_ptr<Member> member = *log_->Join({"alpha", {"orders"}, {}}, {.instance = "test"});
  bool owned = false;
  const absl::Duration median = MedianAfterBacklog([&] {
    const absl::StatusOr<OwnershipChange> change = member->PollOwnership();
    EXPECT_TRUE(change.ok()) << change.status();
    owned = owned || (change.ok() && !change->gained.empty());
    if (!owned) return 0;
    const std::vector<Record> records = (*member->Fetch(0, kAtOnce))[0].records;
    if (records.empty()) return 0;
    const absl::StatusOr<CommitPoint> committed =
        member->Commit({TaskCommit{0, {{"orders", records.back().offset + 1}}, {}, {}}});
    EXPECT_TRUE(committed.ok()) << committed.status();
    return static_cast<int>(records.size());
  });
  EXPECT_LT(median, kNoticedWithin);
}

}  // namespace
}  // namespace touchstone::eventlog

int main(int argc, char** argv) { return touchstone::eventlog::KafkaUnderTest::RunTests(argc, argv); }
