// What a member knows when it takes tasks over, and what it reads for that, on a real broker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/group_claims.h"
#include "common/eventlog/kafka/transactor.h"
#include "tests/contract/kafka_under_test.h"

namespace touchstone::eventlog {
namespace {

constexpr int kCommits = 100;
constexpr int kChangesACommit = 200;
constexpr absl::Duration kPatience = absl::Seconds(30);
// What is given meanwhile to a member that must wait.
constexpr absl::Duration kAWhile = absl::Milliseconds(500);

TopicCatalog Topics() { return TopicCatalog({{"orders", 1}, {"alpha.state", 1, true}}); }

class KafkaRestore : public testing::Test {
 protected:
  KafkaRestore() {
    kafka_.Create(Topics());
    Open();
  }

  void Open() {
    log_ = nullptr;
    KafkaOptions options = kafka_.Options(Topics());
    options.on_restore = [this](const RestoreProgress& progress) { restore_ = progress; };
    absl::StatusOr<std::unique_ptr<EventLog>> log = OpenKafkaLog(options, clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
  }
  // As on a machine that has no copy.
  void OpenElsewhere() {
    log_ = nullptr;
    std::filesystem::remove_all(kafka_.folder());
    Open();
  }

  // False: it is not within that time.
  bool IsGiven(Member& member, absl::Duration within) {
    const absl::Duration begun = clock_.Monotonic();
    while (clock_.Monotonic() - begun < within) {
      const uint64_t seen = log_->changes().version();
      const absl::StatusOr<OwnershipChange> change = member.PollOwnership();
      EXPECT_TRUE(change.ok()) << change.status();
      if (!change.ok()) return false;
      EXPECT_TRUE(change->settled || change->gained.empty());
      // To one of two, nothing may be all that is given.
      EXPECT_TRUE(!is_alone_ || !change->settled || !change->gained.empty());
      if (!change->gained.empty()) return true;
      log_->changes().WaitPast(seen, absl::Milliseconds(10));
    }
    return false;
  }
  std::unique_ptr<Member> Join() {
    absl::StatusOr<std::unique_ptr<Member>> member = log_->Join({"alpha", {"orders"}, {}}, {.instance = "test"});
    EXPECT_TRUE(member.ok()) << member.status();
    return member.ok() ? *std::move(member) : nullptr;
  }
  std::unique_ptr<Member> JoinAndOwn() {
    std::unique_ptr<Member> member = Join();
    EXPECT_TRUE(IsGiven(*member, kPatience));
    return member;
  }

  kafka::Client GroupReader() const {
    kafka::Settings settings = kafka::ReaderSettings(kafka_.Options(Topics()), "read_committed");
    settings.Set("group.id", group_);
    return *std::move(settings).Make(RD_KAFKA_CONSUMER);
  }

  KafkaUnderTest kafka_{"restore"};
  const std::string group_ = absl::StrCat(kafka_.prefix(), "alpha");
  const std::string orders_ = absl::StrCat(kafka_.prefix(), "orders");
  clock::SystemClock clock_;
  RestoreProgress restore_;
  // The only member of its group.
  bool is_alone_ = true;
  std::unique_ptr<EventLog> log_;
};

TEST_F(KafkaRestore, AMemberClaimsBeforeItCommitsAnything) {
  const kafka::Client reader = GroupReader();
  EXPECT_THAT(*kafka::ReadClaims(reader.get(), group_, {{orders_, 0}}), testing::IsEmpty());
  const std::unique_ptr<Member> member = JoinAndOwn();
  EXPECT_THAT(*kafka::ReadClaims(reader.get(), group_, {{orders_, 0}}), testing::ElementsAre(absl::StrCat(group_, "-test-0")));
  EXPECT_THAT(*kafka::ReadStaticMembers(reader.get(), group_), testing::ElementsAre(absl::StrCat(group_, "-test-0")));
}

TEST_F(KafkaRestore, ARestartReadsTheTailAndAnotherMachineAllOfIt) {
  std::unique_ptr<Member> member = JoinAndOwn();
  for (int commit = 0; commit < kCommits; ++commit) {
    std::vector<StateChange> changes;
    for (int i = 0; i < kChangesACommit; ++i) changes.push_back({absl::StrCat("key-", commit, "-", i), std::string(200, 'v')});
    ASSERT_TRUE(member->Commit({TaskCommit{0, {}, changes, {}}}).ok());
  }
  member = nullptr;
  Open();
  absl::Duration begun = clock_.Monotonic();
  member = JoinAndOwn();
  EXPECT_TRUE(restore_.is_done);
  EXPECT_LE(restore_.total_count, 1) << "but for the mark of the last commit nothing is new";
  std::printf("restart: %lld records of the changelog in %s\n", static_cast<long long>(restore_.total_count),
              absl::FormatDuration(clock_.Monotonic() - begun).c_str());
  member = nullptr;
  OpenElsewhere();
  begun = clock_.Monotonic();
  member = JoinAndOwn();
  EXPECT_GE(restore_.restored_count, kCommits * kChangesACommit);
  EXPECT_EQ(restore_.restored_count, restore_.total_count);
  std::printf("elsewhere: %lld records of the changelog in %s\n", static_cast<long long>(restore_.total_count),
              absl::FormatDuration(clock_.Monotonic() - begun).c_str());
  EXPECT_EQ(*member->State(0).Get("key-99-199"), std::string(200, 'v'));
}

// KAFKA-10167: what "end" means to who reads committed records only is the begin of the first open transaction.
TEST_F(KafkaRestore, WhatAnOpenTransactionHidesIsWaitedFor) {
  std::unique_ptr<Member> member = JoinAndOwn();
  const absl::StatusOr<std::unique_ptr<kafka::Transactor>> other = kafka::Transactor::Open(kafka_.Options(Topics()), "other");
  ASSERT_TRUE(other.ok()) << other.status();
  ASSERT_TRUE((*other)->Begin().ok());
  int64_t offset = -1;
  ASSERT_TRUE((*other)->Produce("alpha.state", 0, "ghost", absl::string_view("g"), "", &offset).ok());
  ASSERT_EQ(rd_kafka_flush((*other)->handle(), 10'000), RD_KAFKA_RESP_ERR_NO_ERROR);
  ASSERT_TRUE(member->Commit({TaskCommit{0, {}, {{"key", "new"}}, {}}}).ok());
  member = nullptr;
  OpenElsewhere();
  member = Join();
  EXPECT_FALSE(IsGiven(*member, kAWhile)) << "its state lacks what was committed";
  EXPECT_TRUE(absl::IsAborted((*other)->Abort(absl::AbortedError("enough"))));
  ASSERT_TRUE(IsGiven(*member, kPatience));
  EXPECT_EQ(*member->State(0).Get("key"), "new");
  EXPECT_EQ(*member->State(0).Get("ghost"), std::nullopt);
}

// A transaction without records of inputs, as of a timer, and of a producer that nobody has fenced.
TEST_F(KafkaRestore, WhoIsExpelledCommitsNothing) {
  is_alone_ = false;
  kafka::Settings settings(kafka_.Options(Topics()));
  settings.Set("group.id", group_)
      .Set("group.instance.id", absl::StrCat(group_, "-expelled-0"))
      .Set("session.timeout.ms", absl::Seconds(2))
      .Set("max.poll.interval.ms", absl::Seconds(2))
      .Set("partition.assignment.strategy", "range");
  const absl::StatusOr<kafka::Client> expelled = std::move(settings).Make(RD_KAFKA_CONSUMER);
  ASSERT_TRUE(expelled.ok()) << expelled.status();
  ASSERT_EQ(rd_kafka_subscribe(expelled->get(), kafka::MakeList({{orders_, RD_KAFKA_PARTITION_UA}}).get()),
            RD_KAFKA_RESP_ERR_NO_ERROR);
  kafka::PartitionList assigned;
  for (int poll = 0; poll < 300 && (assigned == nullptr || assigned->cnt == 0); ++poll) {
    const kafka::Message message(rd_kafka_consumer_poll(expelled->get(), 100));
    rd_kafka_topic_partition_list_t* list = nullptr;
    ASSERT_EQ(rd_kafka_assignment(expelled->get(), &list), RD_KAFKA_RESP_ERR_NO_ERROR);
    assigned.reset(list);
  }
  ASSERT_EQ(assigned->cnt, 1);
  const absl::StatusOr<std::unique_ptr<kafka::Transactor>> transactor =
      kafka::Transactor::Open(kafka_.Options(Topics()), "not-fenced");
  ASSERT_TRUE(transactor.ok()) << transactor.status();
  // It is polled no more, and another is given what it had.
  const std::unique_ptr<Member> member = JoinAndOwn();
  ASSERT_TRUE((*transactor)->Begin().ok());
  const absl::Status refused = (*transactor)->Commit({{orders_, 0, 0}}, expelled->get());
  EXPECT_TRUE(absl::IsAborted(refused) || absl::IsUnavailable(refused)) << refused;
}

}  // namespace
}  // namespace touchstone::eventlog

int main(int argc, char** argv) { return touchstone::eventlog::KafkaUnderTest::RunTests(argc, argv); }
