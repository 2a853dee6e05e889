#include "common/eventlog/kafka/state_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

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
    absl::StatusOr<std::unique_ptr<StateStore>> store = StateStore::Open(folder_, kCacheBytes);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }

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
