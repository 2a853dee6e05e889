#include "common/eventlog/embedded/internal/member.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/virtual_clock.h"
#include "common/eventlog/embedded/embedded_log.h"

namespace touchstone::eventlog::embedded {
namespace {

class MemberTest : public testing::Test {
 protected:
  MemberTest() {
    std::filesystem::remove_all(folder_);
    EmbeddedOptions options;
    options.folder = folder_;
    options.topics = TopicCatalog({{"orders", 2}});
    options.maintenance_interval = absl::InfiniteDuration();
    options.free_bytes = [this] { return free_bytes_.load(); };
    log_ = *OpenEmbeddedLog(options, clock_);
    member_ = *log_->Join({"alpha", {"orders"}, {}}, {});
    EXPECT_TRUE(member_->PollOwnership().ok());
  }
  ~MemberTest() override {
    member_.reset();
    log_.reset();
    std::filesystem::remove_all(folder_);
  }

  absl::Status Append(std::string value) {
    std::promise<absl::Status> done;
    log_->Append({{"orders", "k", "", std::move(value), 0}}, [&](const auto& positions) { done.set_value(positions.status()); });
    return done.get_future().get();
  }
  absl::StatusCode Commit(std::vector<TaskCommit> commits) { return member_->Commit(std::move(commits)).status().code(); }
  int64_t Position() { return member_->Positions(0)->front().next_offset; }

  const std::string folder_ = std::filesystem::path(testing::TempDir()) / absl::StrCat("embedded-member-", ::getpid());
  std::atomic<int64_t> free_bytes_ = int64_t{1} << 40;
  clock::VirtualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  std::unique_ptr<EmbeddedLog> log_;
  std::unique_ptr<Member> member_;
};

TEST_F(MemberTest, APositionNeitherGoesBackNorBeyondTheEnd) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Append("v").ok());
  ASSERT_EQ(Commit({TaskCommit{0, {{"orders", 2}}}}), absl::StatusCode::kOk);
  EXPECT_EQ(Commit({TaskCommit{0, {{"orders", 1}}, {{"k", "back"}}}}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Commit({TaskCommit{0, {{"orders", 4}}, {{"k", "beyond"}}}}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Position(), 2);
  EXPECT_FALSE(member_->State(0).Get("k")->has_value()) << "a refused commit leaves nothing";
  EXPECT_EQ(Commit({TaskCommit{0, {{"orders", 2}}}}), absl::StatusCode::kOk) << "it may stay";
}

TEST_F(MemberTest, APartitionIsInACommitOnce) {
  ASSERT_TRUE(Append("v").ok());
  EXPECT_EQ(Commit({TaskCommit{0, {{"orders", 1}}}, TaskCommit{1}, TaskCommit{0, {}, {{"k", "twice"}}}}),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Position(), 0);
  EXPECT_FALSE(member_->State(0).Get("k")->has_value());
}

// The maintenance looks at the disk once in a while; who writes fast fills it in between.
TEST_F(MemberTest, TheDiskIsLookedAtAgainAfterSoMuchThatIsWritten) {
  free_bytes_ = 0;
  int taken = 0;
  while (taken < 100 && Append(std::string(kRecordBytesMax - 100, 'x')).ok()) ++taken;
  EXPECT_GE(taken, 30);
  EXPECT_LE(taken, 35) << "32 MiB, and what was appended while the look was taken";
}

}  // namespace
}  // namespace touchstone::eventlog::embedded
