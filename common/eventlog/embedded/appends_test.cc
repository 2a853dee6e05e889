#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/virtual_clock.h"
#include "common/eventlog/embedded/embedded_log.h"
#include "common/eventlog/embedded/internal/mark_file.h"
#include "rocksdb/env.h"

namespace touchstone::eventlog {
namespace {

namespace fs = std::filesystem;

// The clock stands still, so that no append finds its moment over: each but the first gathers.
class EmbeddedAppendsTest : public testing::Test {
 protected:
  EmbeddedAppendsTest() {
    fs::remove_all(folder_);
    EmbeddedOptions options;
    options.folder = folder_;
    options.topics = TopicCatalog({{"orders", 2}});
    options.maintenance_interval = absl::InfiniteDuration();
    options.free_bytes = [this] {
      if (const std::function<void()> work = std::exchange(at_next_look_, nullptr)) work();
      return int64_t{1} << 40;
    };
    log_ = *OpenEmbeddedLog(options, clock_);
  }
  ~EmbeddedAppendsTest() override {
    log_.reset();
    fs::remove_all(folder_);
  }
  const std::string folder_ = absl::StrCat(testing::TempDir(), "embedded-appends-", ::getpid());
  clock::VirtualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  std::function<void()> at_next_look_;
  std::unique_ptr<EmbeddedLog> log_;
};

TEST_F(EmbeddedAppendsTest, ThatFollowEachOtherCloselyShareAWrite) {
  std::atomic<int> taken{0};
  for (int i = 0; i < 1000; ++i) {
    log_->Append({{"orders", "k", "", "v"}}, [&](const auto& positions) { taken += positions.ok(); });
  }
  log_->Close();
  EXPECT_EQ(taken, 1000) << "what waits when the log is closed is written too";
  log_.reset();
  const auto mark = embedded::MarkFile::Open(*rocksdb::Env::Default(), folder_);
  ASSERT_TRUE(mark.ok()) << mark.status();
  EXPECT_EQ((*mark)->end().records, 1000U);
  EXPECT_LT((*mark)->end().write, 500U);
}

// Nobody comes after it, so whoever writes meanwhile must not leave it.
TEST_F(EmbeddedAppendsTest, ThatComeWhileAnotherIsWrittenAreNotLeft) {
  std::promise<bool> taken;
  at_next_look_ = [&] {
    log_->Append({{"orders", "k", "", "v"}}, [&](const auto& positions) { taken.set_value(positions.ok()); });
  };
  // Of so many bytes that the disk is looked at while they are written.
  log_->Append(std::vector<OutRecord>(40, {"orders", "k", "", std::string(900'000, 'x')}), [](const auto&) {});
  std::future<bool> answer = taken.get_future();
  ASSERT_EQ(answer.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_TRUE(answer.get());
}

}  // namespace
}  // namespace touchstone::eventlog
