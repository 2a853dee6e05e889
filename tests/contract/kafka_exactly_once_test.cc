// A process that counts is killed with -9 again and again under load: what it wrote equals what a model says, nothing is missing
// and nothing is there twice.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <map>
#include <random>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/stream/worker.h"
#include "tests/contract/kafka_under_test.h"

namespace touchstone::eventlog {
namespace {

constexpr int kPartitions = 4;
constexpr int kRecords = 30'000;
constexpr int kKeys = 300;
constexpr int kKills = 8;
constexpr int kKillsBesideAnother = 3;
// So many are on their way at a time: the counter always has something to do, and a kill always hits it at work.
constexpr int kAhead = 2'000;
constexpr size_t kValueBytes = 300;
constexpr int kTickEvery = 10;
constexpr unsigned kSeed = 20261122;
constexpr absl::Duration kPatience = absl::Seconds(60);

TopicCatalog Topics() {
  return TopicCatalog({{"words", kPartitions},
                       {"counts", kPartitions},
                       {"ticks", 1},
                       {"dead-letters.v1", kPartitions},
                       {"counter.state", kPartitions, true}});
}

// Says of each record which of its key it is, and by a timer of each tenth that it was seen.
class Counter : public stream::Processor {
 public:
  absl::Status OnRecord(absl::string_view, const Record& record, stream::UnitOfWork& work) override {
    absl::StatusOr<std::optional<std::string>> stored = work.Get(record.key);
    if (!stored.ok()) return stored.status();
    int count = 0;
    if (stored->has_value() && !absl::SimpleAtoi(**stored, &count)) return absl::DataLossError("not a count");
    ++count;
    work.Put(record.key, absl::StrCat(count));
    work.Emit("counts", record.key, absl::StrCat(count, " ", record.id));
    if (count % kTickEvery == 0) work.SetTimer(absl::StrCat(record.key, "/", count), work.now() + absl::Milliseconds(20));
    return absl::OkStatus();
  }

  absl::Status OnTimer(absl::string_view key, absl::Time, stream::UnitOfWork& work) override {
    work.Emit("ticks", key, std::string(key));
    return absl::OkStatus();
  }
};

// The child: counts until it is killed.
int Count(char** arguments) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  KafkaOptions options;
  options.bootstrap = KafkaUnderTest::Address();
  options.prefix = arguments[0];
  options.data_folder = arguments[1];
  options.catalog = Topics();
  options.session_timeout = absl::Seconds(2);
  const clock::SystemClock clock;
  absl::StatusOr<std::unique_ptr<EventLog>> log = OpenKafkaLog(options, clock);
  if (!log.ok()) return std::fprintf(stderr, "%s\n", log.status().ToString().c_str()), 1;
  stream::TaskDefinition definition;
  definition.kind = {"counter", {"words"}, {}};
  definition.make_processor = [](int) { return std::make_unique<Counter>(); };
  stream::WorkerOptions worker_options;
  worker_options.member.instance = arguments[2];
  stream::Worker worker(**log, clock, {definition}, worker_options);
  while (true) {
    const uint64_t seen = (*log)->changes().version();
    const absl::StatusOr<bool> did = worker.Step();
    if (!did.ok()) return std::fprintf(stderr, "%s\n", did.status().ToString().c_str()), 1;
    if (!*did) (*log)->changes().WaitPast(seen, worker.NextWake() - clock.Now());
  }
}

class Child {
 public:
  Child(const KafkaUnderTest& kafka, const std::string& instance)
      : folder_(absl::StrCat(kafka.folder(), "/", instance)), process_(fork()) {
    if (process_ == 0) {
      execl("/proc/self/exe", "kafka_exactly_once_test", "count", kafka.prefix().c_str(), folder_.c_str(), instance.c_str(),
            nullptr);
      _exit(127);
    }
  }
  ~Child() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  // It is expected to work until it is killed.
  bool lives() const { return waitpid(process_, nullptr, WNOHANG) == 0; }

 private:
  const std::string folder_;
  const pid_t process_;
};

std::string KeyOf(int i) { return absl::StrCat("customer:", i * 7919 % kKeys); }

// Feeds the counter, and reads what it says.
class Load {
 public:
  explicit Load(EventLog& log) : log_(log) {
    counts_ = *log.OpenTail("counts", {TailStart::From::kBegin, {}});
    ticks_ = *log.OpenTail("ticks", {TailStart::From::kBegin, {}});
  }

  // Feeds and reads until so many records have been counted. False: it does not go on.
  bool RunUntil(size_t counted, size_t ticked) {
    const absl::Duration begun = clock_.Monotonic();
    while (records_.size() < counted || tick_values_.size() < ticked) {
      if (clock_.Monotonic() - begun > kPatience) return false;
      const uint64_t seen = log_.tail_changes().version();
      Feed();
      if (Read() == 0) log_.tail_changes().WaitPast(seen, absl::Milliseconds(100));
    }
    return true;
  }

  const std::vector<Record>& records() const { return records_; }
  const std::multiset<std::string>& ticks() const { return tick_values_; }
  int refused() const { return refused_; }

 private:
  void Feed() {
    for (; fed_ < kRecords && fed_ < static_cast<int>(records_.size()) + kAhead; ++fed_) {
      log_.Append({{"words", KeyOf(fed_), absl::StrCat("id-", fed_), std::string(kValueBytes, 'x')}},
                  [this](absl::StatusOr<std::vector<Position>> positions) { refused_ += positions.ok() ? 0 : 1; });
    }
  }

  size_t Read() {
    const absl::StatusOr<std::vector<TailRecord>> counts = counts_->Read(kAhead);
    const absl::StatusOr<std::vector<TailRecord>> ticks = ticks_->Read(kAhead);
    EXPECT_TRUE(counts.ok() && ticks.ok()) << counts.status() << ticks.status();
    if (!counts.ok() || !ticks.ok()) return 0;
    for (const TailRecord& record : *counts) records_.push_back(record.record);
    for (const TailRecord& record : *ticks) tick_values_.insert(record.record.value);
    return counts->size() + ticks->size();
  }

  EventLog& log_;
  const clock::SystemClock clock_;
  std::unique_ptr<Tail> counts_;
  std::unique_ptr<Tail> ticks_;
  int fed_ = 0;
  std::atomic<int> refused_ = 0;
  std::vector<Record> records_;
  std::multiset<std::string> tick_values_;
};

// What an undisturbed counter would have written.
struct Model {
  std::map<std::string, std::vector<std::string>> counts_by_key;
  std::multiset<std::string> ticks;
};

Model ModelOf() {
  Model model;
  for (int i = 0; i < kRecords; ++i) {
    std::vector<std::string>& counts = model.counts_by_key[KeyOf(i)];
    counts.push_back(absl::StrCat(counts.size() + 1, " id-", i));
    if (counts.size() % kTickEvery == 0) model.ticks.insert(absl::StrCat(KeyOf(i), "/", counts.size()));
  }
  return model;
}

class KafkaExactlyOnce : public testing::Test {
 protected:
  KafkaExactlyOnce() { kafka_.Create(Topics()); }

  void SetUp() override {
    KafkaOptions options = kafka_.Options(Topics());
    options.data_folder = absl::StrCat(kafka_.folder(), "/feeder");
    absl::StatusOr<std::unique_ptr<EventLog>> log = OpenKafkaLog(options, clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
    load_ = std::make_unique<Load>(*log_);
  }

  // Somewhere in this round's share of the records; the children are at work on the next ones.
  void RunTo(int round, int rounds) {
    const size_t share = kRecords / (rounds + 1);
    ASSERT_TRUE(load_->RunUntil(share * round + random_() % share, 0))
        << "round " << round << " stands still at " << load_->records().size();
  }

  void ExpectWhatTheModelSays() {
    ASSERT_TRUE(load_->RunUntil(kRecords, model_.ticks.size()))
        << load_->records().size() << " counted, " << load_->ticks().size() << " ticks";
    EXPECT_EQ(load_->refused(), 0);
    EXPECT_EQ(load_->records().size(), static_cast<size_t>(kRecords));
    std::map<std::string, std::vector<std::string>> counts_by_key;
    std::set<std::string> ids;
    size_t twice = 0;
    for (const Record& record : load_->records()) {
      counts_by_key[record.key].push_back(record.value);
      twice += ids.insert(record.id).second ? 0 : 1;
    }
    EXPECT_EQ(twice, 0U);
    EXPECT_TRUE(counts_by_key == model_.counts_by_key) << "counts differ from the model's";
    EXPECT_TRUE(load_->ticks() == model_.ticks) << "timers differ from the model's";
  }

  KafkaUnderTest kafka_{"exactly-once"};
  const clock::SystemClock clock_;
  const Model model_ = ModelOf();
  std::mt19937 random_{kSeed};
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<Load> load_;
};

TEST_F(KafkaExactlyOnce, KilledAgainAndAgainItWritesWhatTheModelSays) {
  for (int round = 0; round < kKills; ++round) {
    // Every other time it comes back on a machine that has no copy of its state.
    if (round % 2 == 1) std::filesystem::remove_all(absl::StrCat(kafka_.folder(), "/counter"));
    const Child child(kafka_, "counter");
    ASSERT_NO_FATAL_FAILURE(RunTo(round, kKills));
    ASSERT_TRUE(child.lives());
  }
  const Child last(kafka_, "counter");
  ExpectWhatTheModelSays();
}

TEST_F(KafkaExactlyOnce, WhoStaysTakesOverFromWhoIsKilledForGood) {
  const Child steady(kafka_, "steady");
  for (int round = 0; round < kKillsBesideAnother; ++round) {
    const Child killed(kafka_, "killed");
    ASSERT_NO_FATAL_FAILURE(RunTo(round, kKillsBesideAnother));
    ASSERT_TRUE(killed.lives());
  }
  ExpectWhatTheModelSays();
  EXPECT_TRUE(steady.lives());
}

}  // namespace
}  // namespace touchstone::eventlog

int main(int argc, char** argv) {
  if (argc == 5 && absl::string_view(argv[1]) == "count") return touchstone::eventlog::Count(argv + 2);
  return touchstone::eventlog::KafkaUnderTest::RunTests(argc, argv);
}
