// A process that counts is killed with -9 again and again under load, or is stopped, taken over and goes on: what it wrote equals
// what a model says, nothing is missing and nothing is there twice. Who takes over does not wait for the broker's time-out.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <random>

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/group_claims.h"
#include "tests/contract/counter_process.h"

namespace touchstone::eventlog {
namespace {

constexpr int kRecords = 30'000;
constexpr int kKills = 8;
constexpr int kKillsBesideAnother = 3;
constexpr unsigned kSeed = 20261122;

// Far above what a takeover may take: who waits for it is seen.
constexpr absl::Duration kLongTransaction = absl::Seconds(60);
// Time enough to do something to a member before it is missed.
constexpr absl::Duration kLongSession = absl::Seconds(5);
// From when a session has ended until its partitions go on. Measured: 0.2 to 0.7 s.
constexpr absl::Duration kTakeoverMax = absl::Seconds(3);
constexpr int kBetweenLooks = 200;
constexpr int kAnswerMs = 10'000;

class KafkaExactlyOnce : public testing::Test {
 protected:
  KafkaExactlyOnce() { kafka_.Create(CounterTopics()); }

  void SetUp() override {
    KafkaOptions options = kafka_.Options(CounterTopics());
    options.data_folder = CounterFolder(kafka_, "feeder");
    absl::StatusOr<std::unique_ptr<EventLog>> log = OpenKafkaLog(options, clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
    load_ = std::make_unique<CounterLoad>(*log_);
    kafka::Settings settings = kafka::ReaderSettings(options, "read_committed");
    settings.Set("group.id", group_);
    absl::StatusOr<kafka::Client> reader = std::move(settings).Make(RD_KAFKA_CONSUMER);
    ASSERT_TRUE(reader.ok()) << reader.status();
    group_reader_ = *std::move(reader);
  }

  // Somewhere in this round's share of the records; the counters are at work on the next ones.
  void RunTo(int round, int rounds) {
    const size_t share = kRecords / (rounds + 1);
    ASSERT_TRUE(load_->RunUntil(share * round + random_() % share, 0))
        << "round " << round << " stands still at " << load_->counted();
  }

  // Of its worker, in the group and in transactions.
  std::string IdOf(const std::string& instance) const { return absl::StrCat(group_, "-", instance, "-0"); }

  // The partitions that this instance works on.
  std::vector<kafka::TopicPartition> PartitionsOf(const std::string& instance) const {
    std::vector<kafka::TopicPartition> own;
    for (int p = 0; p < kCounterPartitions; ++p) {
      const kafka::TopicPartition partition = {absl::StrCat(kafka_.prefix(), "words"), p};
      const absl::StatusOr<std::set<std::string>> claims = kafka::ReadClaims(group_reader_.get(), group_, {partition});
      EXPECT_TRUE(claims.ok()) << claims.status();
      if (claims->contains(IdOf(instance))) own.push_back(partition);
    }
    return own;
  }

  // Once it has been given some.
  std::vector<kafka::TopicPartition> AwaitPartitionsOf(const std::string& instance) {
    std::vector<kafka::TopicPartition> own;
    while (own.empty() && load_->RunUntil(load_->counted() + kBetweenLooks, 0)) own = PartitionsOf(instance);
    EXPECT_FALSE(own.empty()) << instance << " is never given anything";
    return own;
  }

  // A transaction of this instance's worker over what it owns, as one leaves it open that is stopped before it commits. It needs
  // no generation: a broker takes offsets of a group from whoever gives none.
  kafka::Client OpenTransactionOf(const std::string& instance, const std::vector<kafka::TopicPartition>& own) {
    KafkaOptions options = kafka_.Options(CounterTopics());
    kafka::Settings settings(options);
    settings.Set("transactional.id", IdOf(instance)).Set("transaction.timeout.ms", kLongTransaction);
    absl::StatusOr<kafka::Client> client = std::move(settings).Make(RD_KAFKA_PRODUCER);
    EXPECT_TRUE(client.ok()) << client.status();
    ExpectOk(rd_kafka_init_transactions(client->get(), kAnswerMs));
    ExpectOk(rd_kafka_begin_transaction(client->get()));
    std::vector<kafka::TopicPartition> positions = own;
    for (kafka::TopicPartition& position : positions) position.offset = 1'000'000;
    const kafka::Owned<rd_kafka_consumer_group_metadata_t> none(rd_kafka_consumer_group_metadata_new(group_.c_str()));
    ExpectOk(
        rd_kafka_send_offsets_to_transaction(client->get(), kafka::ClaimedBy("nobody", positions).get(), none.get(), kAnswerMs));
    return *std::move(client);
  }

  static void ExpectOk(rd_kafka_error_t* answer) {
    const kafka::Error error(answer);
    EXPECT_EQ(error, nullptr) << rd_kafka_error_string(error.get());
  }

  // Until more is counted than can be while a partition stands still. The longest time in which nothing came from one of them.
  absl::Duration GapUntilTakenOver() {
    load_->TakeLongestGap();
    EXPECT_TRUE(load_->RunUntil(load_->counted() + 3 * CounterLoad::kAhead, 0)) << "nobody takes over";
    return load_->TakeLongestGap();
  }

  KafkaUnderTest kafka_{"exactly-once"};
  const std::string group_ = absl::StrCat(kafka_.prefix(), kCounterKind);
  const clock::SystemClock clock_;
  std::mt19937 random_{kSeed};
  std::unique_ptr<EventLog> log_;
  kafka::Client group_reader_;
  std::unique_ptr<CounterLoad> load_;
};

TEST_F(KafkaExactlyOnce, KilledAgainAndAgainItWritesWhatTheModelSays) {
  for (int round = 0; round < kKills; ++round) {
    // Every other time it comes back on a machine that has no copy of its state.
    if (round % 2 == 1) std::filesystem::remove_all(CounterFolder(kafka_, "counter"));
    const CounterProcess counter(kafka_, {.instance = "counter"});
    ASSERT_NO_FATAL_FAILURE(RunTo(round, kKills));
    ASSERT_TRUE(counter.lives());
  }
  const CounterProcess last(kafka_, {.instance = "counter"});
  load_->ExpectWhatTheModelSays(kRecords);
}

TEST_F(KafkaExactlyOnce, WhoStaysTakesOverFromWhoIsKilledForGood) {
  const CounterProcess steady(kafka_, {.instance = "steady"});
  for (int round = 0; round < kKillsBesideAnother; ++round) {
    const CounterProcess killed(kafka_, {.instance = "killed"});
    ASSERT_NO_FATAL_FAILURE(RunTo(round, kKillsBesideAnother));
    ASSERT_TRUE(killed.lives());
  }
  load_->ExpectWhatTheModelSays(kRecords);
  EXPECT_TRUE(steady.lives());
}

TEST_F(KafkaExactlyOnce, WhoIsStoppedInATransactionIsTakenOverAtOnceAndSaysNoMore) {
  const CounterProcess steady(kafka_, {.instance = "steady", .session_timeout = kLongSession});
  const CounterProcess zombie(kafka_, {.instance = "zombie", .session_timeout = kLongSession});
  const std::vector<kafka::TopicPartition> own = AwaitPartitionsOf("zombie");
  zombie.Stop();
  const kafka::Client left_open = OpenTransactionOf("zombie", own);
  const absl::Duration gap = GapUntilTakenOver();
  std::printf("the longest gap of a partition was %s, with a session of %s and a transaction of %s\n",
              absl::FormatDuration(gap).c_str(), absl::FormatDuration(kLongSession).c_str(),
              absl::FormatDuration(kLongTransaction).c_str());
  EXPECT_LT(gap, kLongSession + kTakeoverMax);
  const kafka::Error refused(rd_kafka_commit_transaction(left_open.get(), kAnswerMs));
  ASSERT_NE(refused, nullptr) << "who is taken over commits nothing";
  EXPECT_TRUE(rd_kafka_error_is_fatal(refused.get())) << rd_kafka_error_string(refused.get());

  zombie.GoOn();
  AwaitPartitionsOf("zombie");
  load_->ExpectWhatTheModelSays(0);
  EXPECT_TRUE(steady.lives());
  EXPECT_TRUE(zombie.lives());
}

}  // namespace
}  // namespace touchstone::eventlog

int main(int argc, char** argv) {
  touchstone::eventlog::CounterProcess::RunIfAsked(argc, argv);
  return touchstone::eventlog::KafkaUnderTest::RunTests(argc, argv);
}
