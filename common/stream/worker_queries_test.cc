#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/clock/virtual_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/status/errors.h"
#include "common/stream/worker.h"

namespace touchstone::stream {
namespace {

constexpr int kPartitions = 3;

// Keeps the last word of each key.
class Keeper : public Processor {
 public:
  absl::Status OnRecord(absl::string_view, const eventlog::Record& record, UnitOfWork& work) override {
    work.Put(record.key, record.value);
    return absl::OkStatus();
  }
  absl::Status OnTimer(absl::string_view, absl::Time, UnitOfWork&) override { return absl::OkStatus(); }
};

TaskDefinition KeeperKind() {
  TaskDefinition keeper;
  keeper.kind = {"keeper", {"words"}, {}};
  keeper.make_processor = [](int) { return std::make_unique<Keeper>(); };
  keeper.queries.push_back({"twice", [](const eventlog::StateView& state, absl::Time, absl::string_view key) {
                              return absl::StatusOr<std::string>(absl::StrCat(**state.Get(key), **state.Get(key)));
                            }});
  return keeper;
}

class WorkerQueries : public ::testing::Test {
 protected:
  std::unique_ptr<eventlog::MemoryLog> Open(const std::string& name) { return eventlog::MemoryLog::Open(storage_, clock_, name); }
  Worker MakeWorker(eventlog::EventLog& log, const std::string& name) {
    WorkerOptions options;
    options.member.instance = name;
    options.on_owned = [this, name](absl::string_view, const std::vector<int>& partitions) { owned_[name] = partitions; };
    return Worker(log, clock_, {KeeperKind()}, options);
  }

  clock::VirtualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  const std::shared_ptr<eventlog::MemoryStorage> storage_ = eventlog::MakeMemoryStorage(
      eventlog::TopicCatalog({{"words", kPartitions}, {"dead-letters.v1", kPartitions}}), eventlog::Durability::kAtOnce);
  std::map<std::string, std::vector<int>> owned_;
};

TEST_F(WorkerQueries, AKindAnswersItsOwnAndThoseThatAllAnswer) {
  const auto log = Open("p");
  Worker worker = MakeWorker(*log, "p");
  eventlog::Position token;
  log->Append({{"words", "key", "id", "word", {}}}, [&](const auto& positions) { token = positions->front(); });
  const auto asked = [&](absl::string_view query, const std::string& key) {
    absl::StatusOr<std::string> answered = absl::InternalError("not answered");
    worker.Ask({.kind = "keeper", .partition = token.partition, .after = token, .query = std::string(query), .request = key},
               [&](absl::StatusOr<std::string> answer) { answered = std::move(answer); });
    while (*worker.Step()) continue;
    return answered;
  };
  EXPECT_EQ(*asked(kValueQuery, "key"), "word");
  EXPECT_TRUE(absl::IsNotFound(asked(kValueQuery, "nobody").status()));
  EXPECT_EQ(*asked(kWaitQuery, "nobody"), "");
  EXPECT_EQ(*asked("twice", "key"), "wordword");
  EXPECT_TRUE(absl::IsFailedPrecondition(asked("thrice", "key").status())) << asked("thrice", "key").status();
  absl::Status no_kind;
  worker.Ask({.kind = "finder", .query = kWaitQuery},
             [&](const absl::StatusOr<std::string>& answer) { no_kind = answer.status(); });
  EXPECT_TRUE(absl::IsFailedPrecondition(no_kind)) << no_kind;
}

TEST_F(WorkerQueries, WhoAsksForATaskOfAnotherInstanceIsToldSo) {
  const auto log = Open("p");
  const auto other_log = Open("q");
  Worker worker = MakeWorker(*log, "p");
  while (*worker.Step()) continue;
  EXPECT_EQ(owned_["p"].size(), static_cast<size_t>(kPartitions));
  Worker other = MakeWorker(*other_log, "q");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(worker.Step().ok() && other.Step().ok());
  std::vector<int> here;
  for (int partition = 0; partition < kPartitions; ++partition) {
    worker.Ask({.kind = "keeper", .partition = partition, .query = kWaitQuery}, [&](const absl::StatusOr<std::string>& answer) {
      if (answer.ok()) return here.push_back(partition);
      EXPECT_TRUE(absl::IsUnavailable(answer.status())) << answer.status();
      EXPECT_EQ(status::ReasonOf(answer.status())->reason, kTaskElsewhere);
    });
    ASSERT_TRUE(worker.Step().ok());
  }
  EXPECT_EQ(here, owned_["p"]);
  EXPECT_EQ(here.size() + owned_["q"].size(), static_cast<size_t>(kPartitions)) << "the other has the rest";
}

TEST_F(WorkerQueries, AClosedWorkerHasAnsweredAllAndRefusesMore) {
  const auto log = Open("p");
  Worker worker = MakeWorker(*log, "p");
  std::vector<absl::Status> answers;
  const TaskAsk never{.kind = "keeper", .after = eventlog::Position{"words", 0, 99}, .query = kWaitQuery};
  // One that waits asks on when it is told that nothing comes of it.
  worker.Ask(never, [&](const absl::StatusOr<std::string>& answer) {
    answers.push_back(answer.status());
    worker.Ask(never, [&](const absl::StatusOr<std::string>& again) { answers.push_back(again.status()); });
  });
  ASSERT_TRUE(worker.Step().ok());
  EXPECT_TRUE(answers.empty());
  worker.Close();
  ASSERT_EQ(answers.size(), 2U);
  for (const absl::Status& answer : answers) EXPECT_TRUE(absl::IsUnavailable(answer)) << answer;
}

}  // namespace
}  // namespace touchstone::stream
