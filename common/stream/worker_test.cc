#include "common/stream/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "common/clock/virtual_clock.h"
#include "common/eventlog/forwarding_log.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/eventlog/memory/seeded_faults.h"

namespace touchstone::stream {
namespace {

using eventlog::Durability;
using eventlog::FaultPoint;
using eventlog::MemoryLog;
using eventlog::Record;

constexpr int kPartitions = 3;

eventlog::TopicCatalog Catalog() {
  return eventlog::TopicCatalog(
      {{"words", kPartitions}, {"counts", kPartitions}, {"other", kPartitions}, {"dead-letters.v1", kPartitions}});
}

// Counts words by key: "<n>" goes out for the n-th. Every third sets a timer that says "tick <n>" a second later.
class Counter : public Processor {
 public:
  absl::Status OnRecord(absl::string_view, const Record& record, UnitOfWork& work) override {
    absl::StatusOr<std::optional<std::string>> stored = work.Get(record.key);
    if (!stored.ok()) return stored.status();
    const int count = (stored->has_value() ? std::stoi(**stored) : 0) + 1;
    work.Put(record.key, absl::StrCat(count));
    work.Emit("counts", record.key, absl::StrCat(count, " ", record.value));
    if (count % 3 == 0) work.SetTimer(absl::StrCat(record.key, count), work.now() + absl::Seconds(1));
    return absl::OkStatus();
  }
  absl::Status OnTimer(absl::string_view key, absl::Time, UnitOfWork& work) override {
    work.Emit("other", key, absl::StrCat("tick ", key));
    return absl::OkStatus();
  }
};

// Copies counts, so that there is a second task kind.
class Copier : public Processor {
 public:
  absl::Status OnRecord(absl::string_view, const Record& record, UnitOfWork& work) override {
    work.Put(absl::StrCat("copy ", record.key, " ", record.value), record.id);
    return absl::OkStatus();
  }
  absl::Status OnTimer(absl::string_view, absl::Time, UnitOfWork&) override { return absl::OkStatus(); }
};

std::vector<TaskDefinition> Definitions() {
  TaskDefinition counter;
  counter.kind = {"counter", {"words"}, {}};
  counter.make_processor = [](int) { return std::make_unique<Counter>(); };
  TaskDefinition copier;
  copier.kind = {"copier", {"counts"}, {}};
  copier.make_processor = [](int) { return std::make_unique<Copier>(); };
  return {counter, copier};
}

// What the counter has counted for `key`, once it is past `after`.
TaskAsk ValueOf(std::string key, const eventlog::Position& after, absl::Time deadline) {
  return {.kind = "counter",
          .partition = after.partition,
          .after = after,
          .deadline = deadline,
          .query = kValueQuery,
          .request = std::move(key)};
}

std::vector<Record> Everything(MemoryLog& log, absl::string_view topic) {
  auto tail = *log.OpenTail(topic, {eventlog::TailStart::From::kBegin});
  std::vector<eventlog::TailRecord> read = *tail->Read(1'000'000);
  std::vector<Record> records;
  for (eventlog::TailRecord& record : read) records.push_back(std::move(record.record));
  return records;
}

// A process that a fault may strike down, and that is started again; several may share the storage.
class Process {
 public:
  Process(std::shared_ptr<eventlog::MemoryStorage> storage, clock::VirtualClock& clock, eventlog::SeededFaults& faults,
          std::string name)
      : storage_(std::move(storage)), clock_(clock), faults_(faults), name_(std::move(name)) {
    Start();
  }

  void Start() {
    log_ = MemoryLog::Open(storage_, clock_, absl::StrCat(name_, "#", ++starts_), &faults_);
    WorkerOptions options;
    options.limits.fetch.records_max = 5;
    worker_ = std::make_unique<Worker>(*log_, clock_, Definitions(), options);
  }
  // Whether anything was done.
  bool Step() {
    absl::StatusOr<bool> did = worker_->Step();
    if (!log_->crashed()) {
      EXPECT_TRUE(did.ok()) << did.status();
      return *did;
    }
    worker_ = nullptr;
    log_->Crash();
    Start();
    return true;
  }
  void Sync() {
    if (log_->Sync().ok()) return;
    worker_ = nullptr;
    log_->Crash();
    Start();
  }
  MemoryLog& log() { return *log_; }
  Worker& worker() { return *worker_; }

 private:
  std::shared_ptr<eventlog::MemoryStorage> storage_;
  clock::VirtualClock& clock_;
  eventlog::SeededFaults& faults_;
  std::string name_;
  int starts_ = 0;
  std::unique_ptr<MemoryLog> log_;
  std::unique_ptr<Worker> worker_;
};

using Processes = std::vector<std::unique_ptr<Process>>;

// Feeds words through processes that die, lose partitions and get no answers; then lets everything come to rest. The words that
// were acknowledged.
std::set<std::string> Feed(Processes& processes, eventlog::SeededFaults& faults, clock::VirtualClock& clock) {
  const auto process_count = static_cast<int64_t>(processes.size());
  std::set<std::string> acknowledged;
  for (int i = 0; i < 60; ++i) {
    Process& process = *processes[faults.Choose(process_count)];
    const std::string word = absl::StrCat("w", i);
    process.log().Append({{"words", absl::StrCat("key", faults.Choose(4)), word, word, std::nullopt}},
                         [&acknowledged, word](auto positions) {
                           if (positions.ok()) acknowledged.insert(word);
                         });
    for (int64_t k = faults.Choose(4); k > 0; --k) processes[faults.Choose(process_count)]->Step();
    if (faults.Choose(3) == 0) processes[faults.Choose(process_count)]->Sync();
    if (faults.Choose(4) == 0) clock.Advance(absl::Milliseconds(faults.Choose(700)));
  }
  faults.Calm();
  for (int quiet = 0; quiet < 5; ++quiet) {
    for (auto& process : processes) {
      process->Sync();
      while (process->Step()) quiet = 0;
    }
    clock.Advance(absl::Seconds(2));
  }
  return acknowledged;
}

// Each word taken was counted once, in order, and each timer fired once.
void ExpectCountedOnce(MemoryLog& log, const std::set<std::string>& acknowledged) {
  std::set<std::string> taken;
  std::map<std::string, std::vector<std::string>> expected;
  size_t expected_ticks = 0;
  for (const Record& word : Everything(log, "words")) {
    ASSERT_TRUE(taken.insert(word.value).second);
    std::vector<std::string>& counts = expected[word.key];
    counts.push_back(absl::StrCat(counts.size() + 1, " ", word.value));
    if (counts.size() % 3 == 0) ++expected_ticks;
  }
  for (const std::string& word : acknowledged) EXPECT_TRUE(taken.contains(word)) << word << " was acknowledged and is gone";
  std::map<std::string, std::vector<std::string>> counted;
  std::set<std::string> ids;
  for (const Record& count : Everything(log, "counts")) {
    counted[count.key].push_back(count.value);
    EXPECT_TRUE(ids.insert(count.id).second) << count.id;
  }
  EXPECT_EQ(counted, expected);
  std::set<std::string> ticks;
  for (const Record& tick : Everything(log, "other")) EXPECT_TRUE(ticks.insert(tick.value).second) << tick.value;
  EXPECT_EQ(ticks.size(), expected_ticks);
}

void RunSeed(uint64_t seed, Durability durability, int process_count) {
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  clock::VirtualClock clock(absl::FromUnixSeconds(1'700'000'000));
  eventlog::SeededFaults faults(seed);
  auto storage = eventlog::MakeMemoryStorage(Catalog(), durability);
  Processes processes;
  for (int i = 0; i < process_count; ++i)
    processes.push_back(std::make_unique<Process>(storage, clock, faults, absl::StrCat("p", i)));
  faults.SetAll(200);
  const std::set<std::string> acknowledged = Feed(processes, faults, clock);
  ExpectCountedOnce(processes[0]->log(), acknowledged);
}

TEST(Worker, EffectsHappenOnceWhateverDiesOnALogThatSyncsBehind) {
  for (uint64_t seed = 0; seed < 400; ++seed) RunSeed(seed, Durability::kOnSync, 1);
}

TEST(Worker, EffectsHappenOnceWhateverDiesOnABroker) {
  for (uint64_t seed = 0; seed < 400; ++seed) RunSeed(seed, Durability::kBroker, 2);
}

TEST(Worker, AReadWaitsForItsWriteAndForWhatThatSent) {
  clock::VirtualClock clock(absl::FromUnixSeconds(1'700'000'000));
  auto storage = eventlog::MakeMemoryStorage(Catalog(), Durability::kOnSync);
  auto log = MemoryLog::Open(storage, clock, "p");
  Worker worker(*log, clock, Definitions(), {});
  std::optional<eventlog::Position> token;
  log->Append({{"words", "key", "w", "w", std::nullopt}}, [&](auto positions) { token = positions->front(); });
  ASSERT_FALSE(token.has_value()) << "acknowledged before it was durable";
  ASSERT_TRUE(log->Sync().ok());
  ASSERT_TRUE(token.has_value());
  std::optional<absl::Status> done;
  std::optional<std::string> seen;
  worker.Ask(ValueOf("key", *token, clock.Now() + absl::Seconds(1)), [&](absl::StatusOr<std::string> value) {
    done = value.status();
    seen = value.value_or("");
  });
  ASSERT_TRUE(worker.Step().ok());
  ASSERT_TRUE(worker.Step().ok());
  EXPECT_FALSE(done.has_value()) << "answered before what it saw was durable";
  ASSERT_TRUE(log->Sync().ok());
  ASSERT_TRUE(done.has_value());
  EXPECT_TRUE(done->ok()) << *done;
  EXPECT_EQ(seen, "1");
}

// A log seen through, that counts how often it is asked where topics end.
class CountingLog : public eventlog::ForwardingLog {
 public:
  using ForwardingLog::ForwardingLog;
  int questions() const { return questions_; }

  absl::StatusOr<std::vector<std::vector<int64_t>>> HighWatermarks(const std::vector<std::string>& topics) override {
    ++questions_;
    return ForwardingLog::HighWatermarks(topics);
  }

 private:
  int questions_ = 0;
};

TEST(Worker, ReadsWithTokensAskOnceWhereTopicsEnd) {
  clock::VirtualClock clock(absl::FromUnixSeconds(1'700'000'000));
  auto memory = MemoryLog::Open(eventlog::MakeMemoryStorage(Catalog(), Durability::kAtOnce), clock, "p");
  CountingLog log(*memory);
  Worker worker(log, clock, Definitions(), {});
  int answered = 0;
  for (const char* key : {"a", "b", "c", "d"}) {
    std::optional<eventlog::Position> token;
    log.Append({{"words", key, "w", "w", std::nullopt}}, [&](auto positions) { token = positions->front(); });
    worker.Ask(ValueOf(key, *token, clock.Now() + absl::Seconds(1)),
               [&](const absl::StatusOr<std::string>& value) { answered += value.ok() ? 1 : 0; });
  }
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(worker.Step().ok());
  EXPECT_EQ(answered, 4);
  EXPECT_EQ(log.questions(), 1) << "a broker is asked once, for all reads of a round and all partitions";
}

TEST(Worker, AReadWhoseWriteNeverComesIsToldSoAtItsDeadline) {
  clock::VirtualClock clock(absl::FromUnixSeconds(1'700'000'000));
  auto log = MemoryLog::Open(eventlog::MakeMemoryStorage(Catalog(), Durability::kAtOnce), clock, "p");
  Worker worker(*log, clock, Definitions(), {});
  std::optional<absl::Status> done;
  worker.Ask(ValueOf("key", {"words", 0, 99}, clock.Now() + absl::Seconds(1)),
             [&](const absl::StatusOr<std::string>& value) { done = value.status(); });
  ASSERT_TRUE(worker.Step().ok());
  EXPECT_FALSE(done.has_value());
  EXPECT_EQ(worker.NextWake(), clock.Now() + absl::Seconds(1));
  clock.Advance(absl::Seconds(1));
  ASSERT_TRUE(worker.Step().ok());
  ASSERT_TRUE(done.has_value());
  EXPECT_TRUE(absl::IsDeadlineExceeded(*done)) << *done;
}

// Poison in an inbox: stops the task for good.
class Stubborn : public Processor {
 public:
  explicit Stubborn(const bool& broken) : broken_(broken) {}
  absl::Status OnRecord(absl::string_view, const Record&, UnitOfWork&) override {
    return broken_ ? absl::InternalError("broken") : absl::OkStatus();
  }
  absl::Status OnTimer(absl::string_view, absl::Time, UnitOfWork&) override { return absl::OkStatus(); }

 private:
  const bool& broken_;
};

TaskDefinition StubbornKind(const bool& broken) {
  TaskDefinition definition;
  definition.kind = {"stubborn", {"words"}, {}};
  definition.make_processor = [&broken](int) { return std::make_unique<Stubborn>(broken); };
  return definition;
}

TEST(Worker, SaysWhenAKindStandsStillAndWhenItGoesOn) {
  clock::VirtualClock clock(absl::FromUnixSeconds(1'700'000'000));
  auto log = MemoryLog::Open(eventlog::MakeMemoryStorage(Catalog(), Durability::kAtOnce), clock, "p");
  bool broken = true;
  std::vector<bool> told;
  WorkerOptions options;
  options.on_runs = [&](absl::string_view kind, bool runs) {
    EXPECT_EQ(kind, "stubborn");
    told.push_back(runs);
  };
  Worker worker(*log, clock, {StubbornKind(broken)}, options);
  ASSERT_TRUE(worker.Step().ok());
  EXPECT_THAT(told, testing::ElementsAre(true));
  log->Append({{"words", "k", "", "w", 1}}, [](const auto& positions) { EXPECT_TRUE(positions.ok()); });
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(worker.Step().ok());
    clock.Advance(options.restart_delay);
  }
  EXPECT_THAT(told, testing::ElementsAre(true, false)) << "one that is started again and fails again does not run in between";
  broken = false;
  ASSERT_TRUE(worker.Step().ok());
  ASSERT_TRUE(worker.Step().ok());
  EXPECT_THAT(told, testing::ElementsAre(true, false, true));
}

TEST(Worker, ReportsAreBoundedAndEachIsAnswered) {
  clock::VirtualClock clock(absl::FromUnixSeconds(1'700'000'000));
  auto log = MemoryLog::Open(eventlog::MakeMemoryStorage(Catalog(), Durability::kAtOnce), clock, "p");
  std::vector<absl::Status> answers;
  const auto report = [&](Worker& worker) {
    worker.Report([&](const absl::StatusOr<std::vector<TaskReport>>& reports) { answers.push_back(reports.status()); });
  };
  {
    WorkerOptions options;
    options.reports_max = 2;
    Worker worker(*log, clock, Definitions(), options);
    for (int i = 0; i < 3; ++i) report(worker);
    ASSERT_EQ(answers.size(), 1U) << "one too many, refused at once";
    EXPECT_TRUE(absl::IsResourceExhausted(answers[0])) << answers[0];
    ASSERT_TRUE(worker.Step().ok());
    ASSERT_EQ(answers.size(), 3U);
    EXPECT_TRUE(answers[2].ok()) << answers[2];
    report(worker);
  }
  ASSERT_EQ(answers.size(), 4U) << "a worker that ends answers";
  EXPECT_TRUE(absl::IsUnavailable(answers[3])) << answers[3];
}

TEST(Worker, AReadRunsOnceItsWriteIsPassedAndTheOthersHaveTakenWhatThatSent) {
  clock::VirtualClock clock(absl::FromUnixSeconds(1'700'000'000));
  auto log = MemoryLog::Open(eventlog::MakeMemoryStorage(Catalog(), Durability::kAtOnce), clock, "p");
  WorkerOptions options;
  options.limits.fetch.records_max = 1;
  // The copier first, so that it is a round behind.
  std::vector<TaskDefinition> definitions = Definitions();
  std::swap(definitions[0], definitions[1]);
  Worker worker(*log, clock, definitions, options);
  std::optional<eventlog::Position> token;
  for (const char* word : {"a", "b", "c"})
    log->Append({{"words", "key", word, word, std::nullopt}}, [&](auto positions) { token = positions->front(); });
  std::string counted;
  worker.Ask(ValueOf("key", *token, clock.Now() + absl::Hours(1)), [&](const absl::StatusOr<std::string>& value) {
    ASSERT_TRUE(value.ok()) << value.status();
    counted = *value;
  });
  for (int step = 1; step <= 3; ++step) {
    ASSERT_TRUE(worker.Step().ok());
    EXPECT_EQ(counted, "") << step;
  }
  ASSERT_TRUE(worker.Step().ok());
  EXPECT_EQ(counted, "3");
}

TEST(Worker, ReadsAreBoundedAndEachIsAnswered) {
  clock::VirtualClock clock(absl::FromUnixSeconds(1'700'000'000));
  auto log = MemoryLog::Open(eventlog::MakeMemoryStorage(Catalog(), Durability::kAtOnce), clock, "p");
  std::vector<absl::Status> answers;
  const eventlog::Position never{"words", 0, 99};
  WorkerOptions options;
  options.reads_max = 2;
  auto worker = std::make_unique<Worker>(*log, clock, Definitions(), options);
  const auto read = [&] {
    worker->Ask(ValueOf("key", never, clock.Now() + absl::Seconds(1)),
                [&](const absl::StatusOr<std::string>& value) { answers.push_back(value.status()); });
  };
  for (int round = 1; round <= 2; ++round) {
    answers.clear();
    for (int i = 0; i < 3; ++i) read();
    ASSERT_EQ(answers.size(), 1U) << "one too many, refused at once";
    EXPECT_TRUE(absl::IsResourceExhausted(answers[0])) << answers[0];
    ASSERT_TRUE(worker->Step().ok());
    clock.Advance(absl::Seconds(1));
    ASSERT_TRUE(worker->Step().ok());
    EXPECT_EQ(answers.size(), 3U) << "who was answered makes room";
  }
  answers.clear();
  read();
  ASSERT_TRUE(worker->Step().ok());
  read();
  worker = nullptr;
  ASSERT_EQ(answers.size(), 2U) << "a worker that ends answers those who wait, and those it had not looked at";
  for (const absl::Status& answer : answers) EXPECT_TRUE(absl::IsUnavailable(answer)) << answer;
}

TEST(Worker, WakesForTheNextTimer) {
  clock::VirtualClock clock(absl::FromUnixSeconds(1'700'000'000));
  auto log = MemoryLog::Open(eventlog::MakeMemoryStorage(Catalog(), Durability::kAtOnce), clock, "p");
  Worker worker(*log, clock, Definitions(), {});
  for (int i = 0; i < 3; ++i) log->Append({{"words", "key", "", "w", std::nullopt}}, [](const auto&) {});
  while (*worker.Step()) continue;
  EXPECT_EQ(worker.NextWake(), clock.Now() + absl::Seconds(1));
}

TEST(Worker, PoisonInAnInboxStopsItsTaskForGood) {
  clock::VirtualClock clock(absl::FromUnixSeconds(1'700'000'000));
  auto log = MemoryLog::Open(eventlog::MakeMemoryStorage(Catalog(), Durability::kAtOnce), clock, "p");
  class Refuser : public Processor {
   public:
    absl::Status OnRecord(absl::string_view, const Record&, UnitOfWork&) override { return absl::InvalidArgumentError("no"); }
    absl::Status OnTimer(absl::string_view, absl::Time, UnitOfWork&) override { return absl::OkStatus(); }
  };
  TaskDefinition refuser;
  refuser.kind = {"refuser", {"words"}, {}};
  refuser.inbox = "words";
  refuser.make_processor = [](int) { return std::make_unique<Refuser>(); };
  WorkerOptions options;
  int alarms = 0;
  options.on_stopped = [&](absl::string_view, int partition, const absl::Status& why) {
    EXPECT_EQ(partition, 1);
    EXPECT_TRUE(absl::IsDataLoss(why)) << why;
    ++alarms;
  };
  Worker worker(*log, clock, {refuser}, options);
  log->Append({{"words", "k", "", "w", 1}}, [](const auto&) {});
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(worker.Step().ok());
    clock.Advance(options.restart_delay);
  }
  EXPECT_EQ(alarms, 1);
  EXPECT_EQ(worker.NextWake(), absl::InfiniteFuture());
}

// Strikes always at one point, and counts.
class OneFault : public eventlog::Faults {
 public:
  explicit OneFault(FaultPoint point) : point_(point) {}
  bool Strikes(FaultPoint point) override {
    strikes_ += point == point_ ? 1 : 0;
    return point == point_;
  }
  int64_t Choose(int64_t) override { return 0; }
  int strikes() const { return strikes_; }

 private:
  const FaultPoint point_;
  int strikes_ = 0;
};

// How often a commit was tried in many steps at one time, and after each of three delays.
std::vector<int> TriesOf(FaultPoint point) {
  clock::VirtualClock clock(absl::FromUnixSeconds(1'700'000'000));
  OneFault fault(point);
  auto log = MemoryLog::Open(eventlog::MakeMemoryStorage(Catalog(), Durability::kAtOnce), clock, "p", &fault);
  WorkerOptions options;
  Worker worker(*log, clock, {Definitions()[0]}, options);
  log->Append({{"words", "key", "", "w", std::nullopt}}, [](const auto&) {});
  std::vector<int> tries;
  for (int delay = 0; delay < 4; ++delay) {
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(worker.Step().ok());
    tries.push_back(fault.strikes());
    EXPECT_EQ(worker.NextWake(), clock.Now() + options.restart_delay);
    clock.Advance(options.restart_delay);
  }
  return tries;
}

TEST(Worker, WhatIsAbortedAgainAndAgainDoesNotSpin) {
  EXPECT_THAT(TriesOf(FaultPoint::kCommitAborted), testing::ElementsAre(2, 3, 4, 5))
      << "the first time it is tried again at once";
}

TEST(Worker, WhoIsThrownOutJoinsAgainAfterAWhile) {
  EXPECT_THAT(TriesOf(FaultPoint::kCommitLost), testing::ElementsAre(1, 2, 3, 4));
}

TEST(Worker, AKindThatJoinsInVainAlarmsOnceForEachReason) {
  clock::VirtualClock clock(absl::FromUnixSeconds(1'700'000'000));
  eventlog::SeededFaults faults(7);
  auto log = MemoryLog::Open(eventlog::MakeMemoryStorage(Catalog(), Durability::kAtOnce), clock, "p", &faults);
  std::vector<absl::Status> alarms;
  std::vector<bool> told;
  WorkerOptions options;
  options.on_stopped = [&](absl::string_view, int partition, const absl::Status& why) {
    EXPECT_EQ(partition, -1);
    alarms.push_back(why);
  };
  options.on_runs = [&](absl::string_view, bool runs) { told.push_back(runs); };
  Worker worker(*log, clock, {Definitions()[0]}, options);
  ASSERT_TRUE(worker.Step().ok());
  const auto work = [&] {
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(worker.Step().ok());
      clock.Advance(options.restart_delay);
    }
  };
  for (int outage = 1; outage <= 2; ++outage) {
    faults.SetChance(FaultPoint::kCommitLost, 10'000);
    log->Append({{"words", "key", "", "w", std::nullopt}}, [](const auto&) {});
    work();
    EXPECT_EQ(alarms.size(), static_cast<size_t>(outage)) << "the same again is no news until it has gone well";
    faults.Calm();
    work();
  }
  EXPECT_THAT(told, testing::ElementsAre(true, false, true, false, true));
}

TEST(Worker, ATaskThatFailsAgainAlarmsOnceForEachReason) {
  clock::VirtualClock clock(absl::FromUnixSeconds(1'700'000'000));
  auto log = MemoryLog::Open(eventlog::MakeMemoryStorage(Catalog(), Durability::kAtOnce), clock, "p");
  bool broken = true;
  int alarms = 0;
  WorkerOptions options;
  options.on_stopped = [&](absl::string_view, int, const absl::Status&) { ++alarms; };
  Worker worker(*log, clock, {StubbornKind(broken)}, options);
  const auto work = [&] {
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(worker.Step().ok());
      clock.Advance(options.restart_delay);
    }
  };
  for (int outage = 1; outage <= 2; ++outage) {
    broken = true;
    log->Append({{"words", "k", "", "w", 1}}, [](const auto&) {});
    work();
    EXPECT_EQ(alarms, outage);
    broken = false;
    work();
  }
}

TEST(Worker, ATokenOfAnotherTopicIsRefused) {
  clock::VirtualClock clock(absl::FromUnixSeconds(1'700'000'000));
  auto log = MemoryLog::Open(eventlog::MakeMemoryStorage(Catalog(), Durability::kAtOnce), clock, "p");
  Worker worker(*log, clock, Definitions(), {});
  std::optional<absl::Status> done;
  worker.Ask(ValueOf("key", {"other", 0, 0}, clock.Now() + absl::Seconds(1)),
             [&](const absl::StatusOr<std::string>& value) { done = value.status(); });
  ASSERT_TRUE(worker.Step().ok());
  ASSERT_TRUE(done.has_value());
  EXPECT_TRUE(absl::IsInvalidArgument(*done)) << *done;
}

}  // namespace
}  // namespace touchstone::stream
