#include "services/ingestion/import_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/clock/virtual_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/stream/topics.h"

namespace touchstone::ingestion {
namespace {

events::v1::ImportBegun Wanted(const std::string& id) {
  events::v1::ImportBegun wanted;
  wanted.set_import_id(id);
  return wanted;
}

class ImportRegistryTest : public testing::Test {
 protected:
  ImportRegistryTest()
      : log_(eventlog::MemoryLog::Open(
            eventlog::MakeMemoryStorage(eventlog::TopicCatalog({{topics::kControl, 1}}), eventlog::Durability::kOnSync), clock_,
            "test")),
        registry_(*ImportRegistry::Open(*log_)) {}

  void Begin(const std::string& id, std::optional<absl::Status>& answer) {
    registry_->Begin(Wanted(id), [&](const absl::StatusOr<events::v1::ImportBegun>& begun) { answer = begun.status(); });
  }
  bool Pump() { return registry_->Pump(absl::ZeroDuration()); }

  clock::VirtualClock clock_{absl::FromUnixSeconds(1'795'000'000)};
  std::unique_ptr<eventlog::MemoryLog> log_;
  std::shared_ptr<ImportRegistry> registry_;
};

TEST_F(ImportRegistryTest, AnImportBeginsOnceItsStatementIsDurable) {
  std::optional<absl::Status> answer;
  Begin("a", answer);
  EXPECT_TRUE(Pump());
  EXPECT_TRUE(Pump());
  EXPECT_FALSE(answer.has_value());
  ASSERT_TRUE(log_->Sync().ok());
  EXPECT_TRUE(Pump());
  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(answer->ok()) << *answer;
}

TEST_F(ImportRegistryTest, AStatementThatFailsIsSaid) {
  log_->Close();
  std::optional<absl::Status> answer;
  Begin("a", answer);
  EXPECT_TRUE(Pump());
  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(absl::IsUnavailable(*answer)) << *answer;
}

TEST_F(ImportRegistryTest, OfTwoWhoStateAnImportAtOnceTheFirstHolds) {
  const std::shared_ptr<ImportRegistry> other = *ImportRegistry::Open(*log_);
  std::vector<int64_t> bases;
  const auto begin = [&](ImportRegistry& registry, int64_t base) {
    events::v1::ImportBegun wanted = Wanted("a");
    wanted.mutable_rebase_time()->set_seconds(base);
    registry.Begin(wanted, [&](const absl::StatusOr<events::v1::ImportBegun>& begun) {
      ASSERT_TRUE(begun.ok()) << begun.status();
      bases.push_back(begun->rebase_time().seconds());
    });
  };
  // Neither sees the other's statement when it makes its own.
  begin(*registry_, 1);
  begin(*other, 2);
  EXPECT_TRUE(Pump());
  EXPECT_TRUE(other->Pump(absl::ZeroDuration()));
  ASSERT_TRUE(log_->Sync().ok());
  EXPECT_TRUE(Pump());
  EXPECT_TRUE(other->Pump(absl::ZeroDuration()));
  begin(*other, 3);
  EXPECT_TRUE(other->Pump(absl::ZeroDuration()));
  EXPECT_THAT(bases, testing::ElementsAre(1, 1, 1));
  const auto tail = *log_->OpenTail(topics::kControl, {eventlog::TailStart::From::kBegin, {}});
  const std::vector<eventlog::TailRecord> statements = *tail->Read(10);
  ASSERT_EQ(statements.size(), 2u);
  EXPECT_NE(statements[0].record.key, statements[1].record.key) << "the first must outlive compaction";
}

TEST_F(ImportRegistryTest, OneTooManyIsRefusedAtOnce) {
  std::vector<std::optional<absl::Status>> answers(ImportRegistry::kWaitingMax + 1);
  for (size_t i = 0; i < answers.size(); ++i) Begin(absl::StrCat(i), answers[i]);
  EXPECT_FALSE(answers.front().has_value());
  ASSERT_TRUE(answers.back().has_value());
  EXPECT_TRUE(absl::IsResourceExhausted(*answers.back())) << *answers.back();
}

TEST_F(ImportRegistryTest, ACloseInTheMiddleOfATurnLeavesNobodyWaiting) {
  std::optional<absl::Status> first;
  Begin("begun", first);
  EXPECT_TRUE(Pump());
  ASSERT_TRUE(log_->Sync().ok());
  std::optional<absl::Status> second;
  registry_->Begin(Wanted("begun"), [&](const auto&) { registry_->Close(absl::UnavailableError("stopping")); });
  Begin("new", second);
  EXPECT_TRUE(Pump());
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(Pump()) << "closed: the pump forgets it";
  ASSERT_TRUE(second.has_value());
  EXPECT_TRUE(absl::IsUnavailable(*second)) << *second;
}

}  // namespace
}  // namespace touchstone::ingestion
