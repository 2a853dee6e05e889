#include "common/eventlog/kafka/state_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace touchstone::eventlog::kafka {
namespace {

constexpr size_t kCacheBytes = 1 << 20;

class StateStoreTest : public testing::Test {
 protected:
  StateStoreTest() { Reopen(); }
  ~StateStoreTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Reopen() {
    store_.reset();
    absl::StatusOr<std::unique_ptr<StateStore>> store =
        StateStore::Open(folder_, kCacheBytes, [this](absl::string_view text) { damages_.emplace_back(text); });
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }

  // Writes enough that it fills blocks of a table, and makes that table.
  void Fill() {
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(store_->Task("journey", 0)->Apply({{absl::StrCat("k", i), std::string(1000, 'v')}}, {}).ok());
    }
    Reopen();
    store_.reset();
  }
  // Overwrites `bytes` of each table at `at`.
  void DamageTables(int64_t at, size_t bytes) {
    int tables = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      if (entry.path().extension() != ".sst") continue;
      ++tables;
      std::fstream stream(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      stream.seekp(at < 0 ? static_cast<int64_t>(std::filesystem::file_size(entry.path())) + at : at);
      stream << std::string(bytes, '\x17');
    }
    ASSERT_GT(tables, 0);
  }

  std::vector<std::string> damages_;
  const std::string folder_ = absl::StrCat(testing::TempDir(), "/state-store-", ::getpid());
  std::unique_ptr<StateStore> store_;
};

std::string Get(const TaskState& state, absl::string_view key) {
  const absl::StatusOr<std::optional<std::string>> value = state.Get(key);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.ok() ? value->value_or("(none)") : "(error)";
}

TEST_F(StateStoreTest, StateAndCheckpointComeBackTogether) {
  EXPECT_FALSE(store_->Task("journey", 3)->ReadCheckpoint()->has_value());
  const Checkpoint written{42, {{"names.v1", 0}, {"touchpoints.v1", 1042}}, absl::FromUnixSeconds(1'795'000'000)};
  ASSERT_TRUE(store_->Task("journey", 3)->Apply({{"a", "1"}, {"b", "2"}}, written).ok());
  Reopen();
  const std::unique_ptr<TaskState> state = store_->Task("journey", 3);
  EXPECT_EQ(Get(*state, "a"), "1");
  const absl::StatusOr<std::optional<Checkpoint>> read = state->ReadCheckpoint();
  ASSERT_TRUE(read.ok() && read->has_value()) << read.status();
  EXPECT_EQ((*read)->changelog_offset, 42);
  EXPECT_EQ((*read)->positions, written.positions);
  EXPECT_EQ((*read)->time, written.time);
}

TEST_F(StateStoreTest, ClearingATaskLeavesTheOthersAlone) {
  for (int partition : {0, 1, 255, 256}) {
    ASSERT_TRUE(store_->Task("journey", partition)->Apply({{"k", absl::StrCat(partition)}}, {}).ok());
  }
  ASSERT_TRUE(store_->Task("journeys", 1)->Apply({{"k", "another kind"}}, {}).ok());
  ASSERT_TRUE(store_->Task("journey", 1)->Clear().ok());
  EXPECT_EQ(Get(*store_->Task("journey", 1), "k"), "(none)");
  EXPECT_FALSE(store_->Task("journey", 1)->ReadCheckpoint()->has_value());
  for (int partition : {0, 255, 256}) EXPECT_EQ(Get(*store_->Task("journey", partition), "k"), absl::StrCat(partition));
  EXPECT_EQ(Get(*store_->Task("journeys", 1), "k"), "another kind");
}

TEST_F(StateStoreTest, AFolderThatCannotBeOpenedIsEmptied) {
  Fill();
  DamageTables(-40, 40);
  Reopen();
  EXPECT_THAT(damages_, testing::ElementsAre(testing::HasSubstr(folder_)));
  EXPECT_EQ(Get(*store_->Task("journey", 0), "k1"), "(none)");
  EXPECT_FALSE(store_->Task("journey", 0)->ReadCheckpoint()->has_value());
  EXPECT_TRUE(store_->Task("journey", 0)->Apply({{"k1", "anew"}}, {}).ok());
}

TEST_F(StateStoreTest, DamageThatIsMetAtWorkMakesTheNextStoreAnew) {
  Fill();
  DamageTables(1000, 3000);
  Reopen();
  EXPECT_FALSE(store_->damaged());
  absl::Status status;
  for (int i = 0; i < 100 && status.ok(); ++i) status = store_->Task("journey", 0)->Get(absl::StrCat("k", i)).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_TRUE(store_->damaged());
  Reopen();
  EXPECT_FALSE(store_->damaged());
  EXPECT_EQ(Get(*store_->Task("journey", 0), "k99"), "(none)");
}

TEST_F(StateStoreTest, AFolderHasOneOwner) {
  EXPECT_EQ(StateStore::Open(folder_, kCacheBytes).status().code(), absl::StatusCode::kAlreadyExists);
}

TEST(TaskPositions, AreReadAsTheyAreWritten) {
  const TaskPositions positions = {{"names.v1", 0}, {"touchpoints.v1", 9'000'000'000}};
  EXPECT_EQ(*DecodePositions(EncodePositions(positions)), positions);
  EXPECT_TRUE(DecodePositions("")->empty());
  for (absl::string_view damaged : {"names.v1", "names.v1 x", "names.v1 -1", " 7"}) {
    EXPECT_EQ(DecodePositions(damaged).status().code(), absl::StatusCode::kDataLoss) << damaged;
  }
}

}  // namespace
}  // namespace touchstone::eventlog::kafka
