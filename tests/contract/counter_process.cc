#include "tests/contract/counter_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/stream/worker.h"

namespace touchstone::eventlog {
namespace {

constexpr char kAsked[] = "count-until-killed";
constexpr int kKeys = 300;
constexpr size_t kValueBytes = 300;
constexpr int kTickEvery = 10;
constexpr absl::Duration kPatience = absl::Seconds(60);

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

// Counts until it is killed: prefix, folder, instance, milliseconds of its session.
int Count(char** arguments) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  KafkaOptions options;
  options.bootstrap = KafkaUnderTest::Address();
  options.prefix = arguments[0];
  options.data_folder = arguments[1];
  options.instance = arguments[2];
  options.catalog = CounterTopics();
  options.session_timeout = absl::Milliseconds(std::atoi(arguments[3]));
  const clock::SystemClock clock;
  absl::StatusOr<std::unique_ptr<EventLog>> log = OpenKafkaLog(options, clock);
  if (!log.ok()) return std::fprintf(stderr, "%s\n", log.status().ToString().c_str()), 1;
  stream::TaskDefinition definition;
  definition.kind = {kCounterKind, {"words"}, {}};
  definition.make_processor = [](int) { return std::make_unique<Counter>(); };
  stream::WorkerOptions worker_options;
  worker_options.member.instance = options.instance;
  stream::Worker worker(**log, clock, {definition}, worker_options);
  while (true) {
    const uint64_t seen = (*log)->changes().version();
    const absl::StatusOr<bool> did = worker.Step();
    if (!did.ok()) return std::fprintf(stderr, "%s\n", did.status().ToString().c_str()), 1;
    if (!*did) (*log)->changes().WaitPast(seen, worker.NextWake() - clock.Now());
  }
}

std::string KeyOf(int i) { return absl::StrCat("customer:", i * 7919 % kKeys); }

// What an undisturbed counter would have written.
struct Model {
  std::map<std::string, std::vector<std::string>> counts_by_key;
  std::multiset<std::string> ticks;
};

Model ModelOf(int records) {
  Model model;
  for (int i = 0; i < records; ++i) {
    std::vector<std::string>& counts = model.counts_by_key[KeyOf(i)];
    counts.push_back(absl::StrCat(counts.size() + 1, " id-", i));
    if (counts.size() % kTickEvery == 0) model.ticks.insert(absl::StrCat(KeyOf(i), "/", counts.size()));
  }
  return model;
}

}  // namespace

TopicCatalog CounterTopics() {
  return TopicCatalog({{"words", kCounterPartitions},
                       {"counts", kCounterPartitions},
                       {"ticks", 1},
                       {"dead-letters.v1", kCounterPartitions},
                       {"counter.state", kCounterPartitions, true}});
}

std::string CounterFolder(const KafkaUnderTest& kafka, const std::string& instance) {
  return absl::StrCat(kafka.folder(), "/", instance);
}

// --- the process ---

void CounterProcess::RunIfAsked(int argc, char** argv) {
  if (argc == 6 && absl::string_view(argv[1]) == kAsked) std::exit(Count(argv + 2));
}

CounterProcess::CounterProcess(const KafkaUnderTest& kafka, const Options& options) : process_(fork()) {
  if (process_ != 0) return;
  const std::string timeout = absl::StrCat(absl::ToInt64Milliseconds(options.session_timeout));
  execl("/proc/self/exe", "counter", kAsked, kafka.prefix().c_str(), CounterFolder(kafka, options.instance).c_str(),
        options.instance.c_str(), timeout.c_str(), nullptr);
  _exit(127);
}

CounterProcess::~CounterProcess() {
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

bool CounterProcess::lives() const { return waitpid(process_, nullptr, WNOHANG) == 0; }
void CounterProcess::Stop() const {
  kill(process_, SIGSTOP);
  waitpid(process_, nullptr, WUNTRACED);
}
void CounterProcess::GoOn() const { kill(process_, SIGCONT); }

// --- what it is fed ---

CounterLoad::CounterLoad(EventLog& log) : log_(log) {
  counts_ = *log.OpenTail("counts", {TailStart::From::kBegin, {}});
  ticks_ = *log.OpenTail("ticks", {TailStart::From::kBegin, {}});
}

bool CounterLoad::RunUntil(size_t counted, size_t ticked) {
  const absl::Duration begun = clock_.Monotonic();
  while (records_.size() < counted || tick_values_.size() < ticked) {
    if (clock_.Monotonic() - begun > kPatience) return false;
    const uint64_t seen = log_.tail_changes().version();
    Feed();
    if (Read() == 0) log_.tail_changes().WaitPast(seen, absl::Milliseconds(100));
  }
  return true;
}

void CounterLoad::Feed() {
  for (; fed_ < feed_max_ && fed_ < static_cast<int>(records_.size()) + kAhead; ++fed_) {
    log_.Append({{"words", KeyOf(fed_), absl::StrCat("id-", fed_), std::string(kValueBytes, 'x')}},
                [this](absl::StatusOr<std::vector<Position>> positions) { refused_ += positions.ok() ? 0 : 1; });
  }
}

size_t CounterLoad::Read() {
  const absl::StatusOr<std::vector<TailRecord>> counts = counts_->Read(kAhead);
  const absl::StatusOr<std::vector<TailRecord>> ticks = ticks_->Read(kAhead);
  EXPECT_TRUE(counts.ok() && ticks.ok()) << counts.status() << ticks.status();
  if (!counts.ok() || !ticks.ok()) return 0;
  const absl::Duration now = clock_.Monotonic();
  for (const TailRecord& record : *counts) {
    auto [last, is_first] = last_by_partition_.try_emplace(record.partition, now);
    longest_gap_ = std::max(longest_gap_, now - last->second);
    last->second = now;
    records_.push_back(record.record);
  }
  for (const TailRecord& record : *ticks) tick_values_.insert(record.record.value);
  return counts->size() + ticks->size();
}

absl::Duration CounterLoad::TakeLongestGap() { return std::exchange(longest_gap_, absl::ZeroDuration()); }

void CounterLoad::ExpectWhatTheModelSays(int records) {
  feed_max_ = std::max(records, fed_);
  const Model model = ModelOf(feed_max_);
  ASSERT_TRUE(RunUntil(feed_max_, model.ticks.size())) << records_.size() << " counted, " << tick_values_.size() << " ticks";
  EXPECT_EQ(refused_, 0);
  EXPECT_EQ(records_.size(), static_cast<size_t>(feed_max_));
  std::map<std::string, std::vector<std::string>> counts_by_key;
  std::set<std::string> ids;
  size_t twice = 0;
  for (const Record& record : records_) {
    counts_by_key[record.key].push_back(record.value);
    twice += ids.insert(record.id).second ? 0 : 1;
  }
  EXPECT_EQ(twice, 0U);
  EXPECT_TRUE(counts_by_key == model.counts_by_key) << "counts differ from the model's";
  EXPECT_TRUE(tick_values_ == model.ticks) << "timers differ from the model's";
}

}  // namespace touchstone::eventlog
