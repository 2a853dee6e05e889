// Instances of one service over one log, each with a worker and a server of its own: what one has not it asks the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/system_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/peers/ownership_news.h"
#include "common/peers/peer_reader.h"
#include "common/peers/peer_service.h"
#include "common/rpc/server.h"
#include "common/status/errors.h"
#include "common/stream/task_list.h"
#include "common/stream/topics.h"
#include "common/stream/worker.h"

namespace touchstone::peers {
namespace {

using eventlog::Position;
using stream::TaskAsk;

constexpr int kPartitions = 4;
constexpr char kCounter[] = "counter";
constexpr char kEcho[] = "echo";

eventlog::TopicCatalog Catalog() {
  return eventlog::TopicCatalog(
      {{"words", kPartitions}, {"echoes", kPartitions}, {"dead-letters.v1", kPartitions}, {topics::kOwners, 1, true}});
}

// Counts words by key, and sends each on under the key `x` and itself.
class Counter : public stream::Processor {
 public:
  absl::Status OnRecord(absl::string_view, const eventlog::Record& record, stream::UnitOfWork& work) override {
    const std::string count = work.Get(record.key)->value_or("");
    work.Put(record.key, count + "I");
    work.Emit("echoes", absl::StrCat("x", record.key), record.value);
    return absl::OkStatus();
  }
  absl::Status OnTimer(absl::string_view, absl::Time, stream::UnitOfWork&) override { return absl::OkStatus(); }
};

class Echo : public stream::Processor {
 public:
  absl::Status OnRecord(absl::string_view, const eventlog::Record& record, stream::UnitOfWork& work) override {
    work.Put(record.key, record.value);
    return absl::OkStatus();
  }
  absl::Status OnTimer(absl::string_view, absl::Time, stream::UnitOfWork&) override { return absl::OkStatus(); }
};

std::vector<stream::TaskDefinition> Definitions() {
  stream::TaskDefinition counter;
  counter.kind = {kCounter, {"words"}, {}};
  counter.make_processor = [](int) { return std::make_unique<Counter>(); };
  counter.queries = {stream::MakeListQuery(
      "counts", {[](absl::string_view) { return std::string("k"); },
                 [](absl::string_view, absl::string_view key, absl::string_view value,
                    absl::Time) -> absl::StatusOr<std::optional<std::string>> { return absl::StrCat(key, value); }})};
  stream::TaskDefinition echo;
  echo.kind = {kEcho, {"echoes"}, {}};
  echo.make_processor = [](int) { return std::make_unique<Echo>(); };
  return {counter, echo};
}

// One instance: it works while it lives, unless it is held.
class Instance {
 public:
  Instance(std::shared_ptr<eventlog::MemoryStorage> storage, const std::string& name)
      : log_(eventlog::MemoryLog::Open(std::move(storage), clock_, name)),
        news_(*log_, clock_, owners_, name, {kCounter, kEcho}),
        worker_(*log_, clock_, Definitions(), Options(name)),
        reader_(worker_, {Definitions()[0].kind, Definitions()[1].kind}, owners_, *log_, clock_, name),
        server_(clock_, {.listen = "127.0.0.1:0"}) {
    AddPeerService(server_, worker_);
    EXPECT_TRUE(server_.Start().ok());
    news_.Begin(server_.address());
    thread_ = std::thread([this] { Work(); });
  }

  ~Instance() {
    StopAnswering();
    ending_ = true;
    log_->changes().Raise();
    thread_.join();
    worker_.Close();
    log_->Close();
  }

  void StopAnswering() { server_.Stop(); }
  void Hold(bool held) { held_ = held; }

  absl::StatusOr<std::string> Ask(TaskAsk ask) {
    std::promise<absl::StatusOr<std::string>> answered;
    ask.deadline = clock_.Now() + absl::Seconds(20);
    reader_.Ask(std::move(ask), [&](absl::StatusOr<std::string> answer) { answered.set_value(std::move(answer)); });
    return answered.get_future().get();
  }

  absl::StatusOr<stream::ListPage> Counts() {
    std::promise<absl::StatusOr<stream::ListPage>> gathered;
    stream::GatherList(
        reader_, {.kind = kCounter, .query = "counts", .token_scope = "counts", .deadline = clock_.Now() + absl::Seconds(20)},
        [&](absl::StatusOr<stream::ListPage> page) { gathered.set_value(std::move(page)); });
    return gathered.get_future().get();
  }

  Position Append(const std::string& key) {
    std::promise<Position> appended;
    log_->Append({{"words", key, "id", key, {}}}, [&](const auto& positions) { appended.set_value(positions->front()); });
    return appended.get_future().get();
  }

  // How many of the counter's partitions `name` has, as this instance knows.
  int KnownOf(absl::string_view name) const {
    int known = 0;
    for (int partition = 0; partition < kPartitions; ++partition) known += reader_.OwnerOf(kCounter, partition) == name ? 1 : 0;
    return known;
  }

  OwnerTable& owners() { return owners_; }
  eventlog::EventLog& log() { return *log_; }
  const std::string& address() const { return server_.address(); }

 private:
  stream::WorkerOptions Options(const std::string& name) {
    stream::WorkerOptions options;
    options.member.instance = name;
    options.on_owned = [this](absl::string_view kind, const std::vector<int>& partitions) { news_.OnOwned(kind, partitions); };
    return options;
  }

  void Work() {
    while (!ending_) {
      const uint64_t seen = log_->changes().version();
      if (held_ || !*worker_.Step()) log_->changes().WaitPast(seen, absl::Milliseconds(10));
    }
  }

  const clock::SystemClock clock_;
  std::unique_ptr<eventlog::MemoryLog> log_;
  OwnerTable owners_;
  OwnershipNews news_;
  stream::Worker worker_;
  PeerReader reader_;
  rpc::Server server_;
  std::atomic<bool> ending_{false};
  std::atomic<bool> held_{false};
  std::thread thread_;
};

TaskAsk CountOf(const std::string& key) {
  return {.kind = kCounter, .partition = *Catalog().PartitionFor("words", key), .query = stream::kValueQuery, .request = key};
}

class Peers : public ::testing::Test {
 protected:
  // Until both know who has what: half of it each.
  void AwaitShared() {
    while (a_->KnownOf("a") != 2 || a_->KnownOf("b") != 2 || b_->KnownOf("a") != 2 || b_->KnownOf("b") != 2) {
      std::this_thread::yield();
    }
  }

  const std::shared_ptr<eventlog::MemoryStorage> storage_ = eventlog::MakeMemoryStorage(Catalog(), eventlog::Durability::kAtOnce);
  std::unique_ptr<Instance> a_ = std::make_unique<Instance>(storage_, "a");
  std::unique_ptr<Instance> b_ = std::make_unique<Instance>(storage_, "b");
};

TEST_F(Peers, AnyInstanceAnswersOfAnyTask) {
  AwaitShared();
  for (const char* key : {"ann", "bob", "cid", "dan", "eve", "fay"}) {
    const Position written = a_->Append(key);
    for (Instance* instance : {a_.get(), b_.get()}) {
      TaskAsk ask = CountOf(key);
      ask.after = written;
      const absl::StatusOr<std::string> count = instance->Ask(ask);
      ASSERT_TRUE(count.ok()) << key << ": " << count.status();
      EXPECT_EQ(*count, "I");
    }
    TaskAsk nobody = CountOf(key);
    nobody.request = "nobody";
    EXPECT_TRUE(absl::IsNotFound(b_->Ask(nobody).status()));
    nobody.query = "nothing";
    const absl::Status unknown = a_->Ask(nobody).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(unknown)) << unknown;
  }
}

TEST_F(Peers, AReadByATokenSeesWhatItsWriteSentToTheOther) {
  AwaitShared();
  // Counted by one, echoed by the other.
  std::string key = "key";
  const auto here = [&](const char* kind, const char* topic, const std::string& of) {
    return a_->owners().Find(kind, *Catalog().PartitionFor(topic, of))->instance == "a";
  };
  while (!here(kCounter, "words", key) || here(kEcho, "echoes", "x" + key)) key += "y";
  b_->Hold(true);
  const Position written = a_->Append(key);
  std::future<absl::StatusOr<std::string>> passed = std::async(std::launch::async, [&] {
    return a_->Ask({.kind = kCounter, .partition = written.partition, .after = written, .query = stream::kWaitQuery});
  });
  // It is counted, and asked about many times since; what that sent is not echoed yet.
  TaskAsk counted = CountOf(key);
  counted.after = written;
  counted.waits_for_no_more = true;
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(a_->Ask(counted).ok());
  EXPECT_EQ(passed.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  b_->Hold(false);
  ASSERT_TRUE(passed.get().ok());
  const absl::StatusOr<std::string> echo = a_->Ask({.kind = kEcho,
                                                    .partition = *Catalog().PartitionFor("echoes", "x" + key),
                                                    .query = stream::kValueQuery,
                                                    .request = "x" + key});
  ASSERT_TRUE(echo.ok()) << echo.status();
  EXPECT_EQ(*echo, key);
}

TEST_F(Peers, AReadOfOneTaskWaitsForAWriteThatAnotherReads) {
  AwaitShared();
  const Position written = a_->Append("ann");
  for (int partition = 0; partition < kPartitions; ++partition) {
    TaskAsk ask{.kind = kCounter, .partition = partition, .after = written, .query = stream::kValueQuery, .request = "ann"};
    const absl::StatusOr<std::string> count = a_->Ask(ask);
    EXPECT_EQ(count.status().code(), partition == written.partition ? absl::StatusCode::kOk : absl::StatusCode::kNotFound)
        << count.status();
  }
}

TEST_F(Peers, AListAsksAllAndSaysWhoDidNotAnswer) {
  AwaitShared();
  std::vector<std::string> all;
  for (int i = 0; i < 12; ++i) {
    const std::string key = absl::StrCat("key", i);
    TaskAsk ask = CountOf(key);
    ask.after = a_->Append(key);
    ASSERT_TRUE(b_->Ask(ask).ok());
    all.push_back(key + "I");
  }
  const absl::StatusOr<stream::ListPage> whole = a_->Counts();
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_THAT(whole->items, testing::UnorderedElementsAreArray(all));
  EXPECT_THAT(whole->unanswered, testing::IsEmpty());
  b_->StopAnswering();
  const absl::StatusOr<stream::ListPage> part = a_->Counts();
  ASSERT_TRUE(part.ok()) << part.status();
  EXPECT_LT(part->items.size(), all.size());
  ASSERT_EQ(part->unanswered.size(), 2U);
  for (const stream::Unanswered& task : part->unanswered) {
    EXPECT_EQ(task.instance, "b");
    EXPECT_EQ(a_->owners().Find(kCounter, task.partition)->instance, "b");
    EXPECT_THAT(task.why, testing::HasSubstr("instance b at 127.0.0.1:"));
  }
}

TEST_F(Peers, WhatAnInstanceThatLeftHadIsAskedOfWhoHasItNow) {
  AwaitShared();
  const Position written = a_->Append("ann");
  b_ = nullptr;
  while (a_->KnownOf("a") != kPartitions) std::this_thread::yield();
  TaskAsk ask = CountOf("ann");
  ask.after = written;
  const absl::StatusOr<std::string> count = a_->Ask(ask);
  ASSERT_TRUE(count.ok()) << count.status();
  EXPECT_EQ(*count, "I");
}

TEST_F(Peers, AClaimThatCameTooLateIsContested) {
  AwaitShared();
  events::v1::TaskOwnership late;
  late.set_kind(kCounter);
  late.set_instance("ghost");
  late.set_address("127.0.0.1:1");
  for (int partition = 0; partition < kPartitions; ++partition) late.add_partitions(partition);
  a_->log().Append({{topics::kOwners, "ghost", "late", late.SerializeAsString(), {}}}, [](const auto&) {});
  while (a_->KnownOf("ghost") == 0) std::this_thread::yield();
  AwaitShared();
}

TEST_F(Peers, WhoAsksAnInstanceThatHasTheTaskNoMoreLooksForItHere) {
  AwaitShared();
  TaskAsk ask = CountOf("ann");
  ask.after = a_->Append("ann");
  ASSERT_TRUE(a_->Ask(ask).ok());
  const bool is_a = a_->owners().Find(kCounter, ask.partition)->instance == "a";
  Instance& owner = is_a ? *a_ : *b_;
  const Owner other{is_a ? "b" : "a", is_a ? b_->address() : a_->address()};
  // Believes for a moment that the other has what it has itself.
  events::v1::TaskOwnership wrong;
  wrong.set_kind(kCounter);
  wrong.set_instance(other.instance);
  wrong.set_address(other.address);
  wrong.add_partitions(ask.partition);
  owner.owners().Hear(wrong);
  ask.after = std::nullopt;
  const absl::StatusOr<std::string> count = owner.Ask(ask);
  ASSERT_TRUE(count.ok()) << count.status();
  EXPECT_EQ(*count, "I");
}

}  // namespace
}  // namespace touchstone::peers
