// A local copy of a task's state that is damaged costs a restore, and no more.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tests/contract/kafka_under_test.h"

namespace touchstone::eventlog {
namespace {

constexpr int kPollsMax = 3000;

TopicCatalog Topics() { return TopicCatalog({{"orders", 1}, {"alpha.state", 1, true}}); }

class KafkaDamagedCopyTest : public testing::Test {
 protected:
  KafkaDamagedCopyTest() : kafka_("damaged-copy") {
    kafka_.Create(Topics());
    Open();
  }

  void Open() {
    KafkaOptions options = kafka_.Options(Topics());
    options.on_log = [this](int severity, absl::string_view text) {
      if (severity == 4) warnings_.emplace_back(text);
    };
    log_ = *OpenKafkaLog(options, clock_);
  }

  // A member that owns the one partition.
  absl::StatusOr<std::unique_ptr<Member>> Join() {
    absl::StatusOr<std::unique_ptr<Member>> member = log_->Join({"alpha", {"orders"}, {}}, {.instance = "test"});
    if (!member.ok()) return member;
    for (int i = 0; i < kPollsMax; ++i) {
      const uint64_t seen = log_->changes().version();
      const absl::StatusOr<OwnershipChange> change = (*member)->PollOwnership();
      if (!change.ok()) return change.status();
      if (!change->gained.empty()) return member;
      log_->changes().WaitPast(seen, absl::Milliseconds(10));
    }
    return absl::DeadlineExceededError("the member owns nothing");
  }

  // Overwrites the first part of every table of the local copies.
  int DamageTables() {
    int tables = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kafka_.folder())) {
      if (entry.path().extension() != ".sst") continue;
      ++tables;
      std::fstream(entry.path(), std::ios::in | std::ios::out | std::ios::binary) << std::string(3000, '\x17');
    }
    return tables;
  }

  KafkaUnderTest kafka_;
  clock::SystemClock clock_;
  std::vector<std::string> warnings_;
  std::unique_ptr<EventLog> log_;
};

TEST_F(KafkaDamagedCopyTest, IsRemovedAndMadeAnew) {
  {
    const std::unique_ptr<Member> member = *Join();
    std::vector<StateChange> changes;
    for (int i = 0; i < 100; ++i) changes.push_back({absl::StrCat("key-", i), std::string(1000, 'v')});
    ASSERT_TRUE(member->Commit({TaskCommit{0, {}, changes, {}}}).ok());
  }
  // What was written becomes a table when the store is opened again.
  log_ = nullptr;
  Open();
  ASSERT_TRUE(Join().ok());
  log_ = nullptr;
  ASSERT_GT(DamageTables(), 0);
  Open();
  // As the worker does: a member that says UNAVAILABLE is destroyed and joins anew.
  std::unique_ptr<Member> member;
  int joins = 0;
  for (bool whole = false; !whole && joins < 5;) {
    member = nullptr;
    ++joins;
    absl::StatusOr<std::unique_ptr<Member>> joined = Join();
    ASSERT_TRUE(joined.ok() || absl::IsUnavailable(joined.status())) << joined.status();
    if (!joined.ok()) continue;
    member = *std::move(joined);
    whole = true;
    for (int i = 0; i < 100 && whole; ++i) {
      const absl::StatusOr<std::optional<std::string>> value = member->State(0).Get(absl::StrCat("key-", i));
      ASSERT_TRUE(value.ok() || absl::IsUnavailable(value.status())) << value.status();
      whole = value.ok();
      if (whole) {
        EXPECT_EQ(value->value_or("(none)"), std::string(1000, 'v')) << i;
      }
    }
    if (!whole) {
      EXPECT_TRUE(absl::IsUnavailable(member->PollOwnership().status()));
    }
  }
  ASSERT_NE(member, nullptr);
  EXPECT_GT(joins, 1) << "nothing was damaged";
  EXPECT_THAT(warnings_, testing::Contains(testing::HasSubstr("made anew from the cluster")));
  EXPECT_TRUE(member->Commit({TaskCommit{0, {}, {{"key-0", "new"}}, {}}}).ok());
}

}  // namespace
}  // namespace touchstone::eventlog

int main(int argc, char** argv) { return touchstone::eventlog::KafkaUnderTest::RunTests(argc, argv); }
