#include "common/eventlog/embedded/folder_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/clock/virtual_clock.h"
#include "common/eventlog/embedded/embedded_log.h"
#include "common/eventlog/embedded/folder_reader.h"

namespace touchstone::eventlog {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;

constexpr int kPartitions = 2;

class FolderCopyTest : public testing::Test {
 protected:
  FolderCopyTest()
      : root_(fs::path(testing::TempDir()) /
              absl::StrCat("folder-copy-", ::getpid(), "-", testing::UnitTest::GetInstance()->current_test_info()->name())),
        folder_(root_ / "log") {
    fs::remove_all(root_);
    fs::create_directories(root_);
    options_.folder = folder_.string();
    options_.topics = TopicCatalog({{"orders", kPartitions}, {"latest", 1, true}});
    options_.maintenance_interval = absl::InfiniteDuration();
    options_.free_bytes = [] { return int64_t{1} << 40; };
    // So that tables are written, and logs deleted, all the time.
    options_.limits.wal_bytes_max = 64 << 10;
  }
  ~FolderCopyTest() override {
    log_.reset();
    fs::remove_all(root_);
  }

  void Open() {
    log_.reset();
    absl::StatusOr<std::unique_ptr<EmbeddedLog>> log = OpenEmbeddedLog(options_, clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
  }

  // Appends without waiting; counts what is acknowledged.
  void Append(absl::string_view topic, int partition, absl::string_view key, absl::string_view value) {
    log_->Append({{std::string(topic), std::string(key), "id", std::string(value), partition}},
                 [this](const absl::StatusOr<std::vector<Position>>& positions) { acknowledged_ += positions.ok() ? 1 : 0; });
  }
  void Fill(int records) {
    for (int i = 0; i < records; ++i) Append("orders", i % kPartitions, "key", absl::StrCat("order ", i));
    for (int i = 0; i < records; ++i) Append("latest", 0, absl::StrCat("key ", i % 3), absl::StrCat("latest ", i));
    const absl::StatusOr<std::unique_ptr<Member>> member = log_->Join({"alpha", {"orders"}, {}}, {});
    ASSERT_TRUE(member.ok()) << member.status();
    const absl::StatusOr<CommitPoint> point = (*member)->Commit({{0, {{"orders", 2}}, {{"a", "1"}, {"b", "2"}}, {}}});
    ASSERT_TRUE(point.ok()) << point.status();
  }

  static void Overwrite(const fs::path& file, int64_t at, absl::string_view bytes) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(at);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  static fs::path AnyFile(const fs::path& folder, absl::string_view suffix) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder / "store")) {
      if (entry.path().extension().string() == suffix) return entry.path();
    }
    ADD_FAILURE() << "no file " << suffix;
    return {};
  }
  static std::string CheckError(const fs::path& folder) {
    const auto reader = FolderReader::Open(folder.string(), FolderReader::Access::kCopy);
    const absl::Status status = reader.ok() ? (*reader)->Check().status() : reader.status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    return std::string(status.message());
  }

  const fs::path root_;
  const fs::path folder_;
  std::atomic<int64_t> acknowledged_ = 0;
  clock::VirtualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  EmbeddedOptions options_;
  std::unique_ptr<EmbeddedLog> log_;
};

TEST_F(FolderCopyTest, ACopyOfALogAtWorkHoldsWhatWasAcknowledgedAndIsWhole) {
  Open();
  std::atomic<bool> stop = false;
  const std::string value(500, 'v');
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      Append("orders", i % kPartitions, "key", value);
      if (i % 64 == 0) log_->tail_changes().WaitPast(log_->tail_changes().version(), absl::Milliseconds(1));
    }
  });
  for (int round = 0; round < 8; ++round) {
    while (acknowledged_ < round * 500) log_->tail_changes().WaitPast(log_->tail_changes().version(), absl::Milliseconds(5));
    const int64_t before = acknowledged_;
    const std::string to = root_ / absl::StrCat("copy-", round);
    const absl::StatusOr<FolderCopy> copy = CopyFolder(folder_.string(), to, nullptr);
    ASSERT_TRUE(copy.ok()) << copy.status();
    EXPECT_GE(static_cast<int64_t>(copy->records), before);
    const auto reader = FolderReader::Open(to, FolderReader::Access::kCopy);
    ASSERT_TRUE(reader.ok()) << reader.status();
    const absl::StatusOr<FolderReport> report = (*reader)->Check();
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->topics.back().name, "orders");
    EXPECT_EQ(static_cast<uint64_t>(report->topics.back().records), copy->records);
  }
  stop = true;
  writer.join();
}

TEST_F(FolderCopyTest, ACopyOpensAsTheLogItIsOf) {
  Open();
  Fill(10);
  log_.reset();
  const std::string to = root_ / "copy";
  const absl::StatusOr<FolderCopy> copy = CopyFolder(folder_.string(), to, nullptr);
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_EQ(copy->last_write_time, clock_.Now());
  for (const CopiedFile& file : copy->files) {
    absl::StatusOr<CopiedFile> read = ReadChecksum(absl::StrCat(to, "/", file.name));
    ASSERT_TRUE(read.ok()) << read.status();
    read->name = file.name;
    EXPECT_EQ(*read, file);
  }
  options_.folder = to;
  Open();
  EXPECT_EQ(*log_->EndOffsets("orders"), (std::vector<int64_t>{5, 5}));
  const std::unique_ptr<Member> member = *log_->Join({"alpha", {"orders"}, {}}, {});
  EXPECT_EQ((*member->Positions(0))[0].next_offset, 2);
  EXPECT_EQ(*member->State(0).Get("b"), "2");
}

TEST_F(FolderCopyTest, ACheckCounts) {
  Open();
  Fill(10);
  ASSERT_TRUE(log_->Maintain().ok());
  // Compaction takes only what is durable.
  log_.reset();
  Open();
  ASSERT_TRUE(log_->Maintain().ok());
  log_.reset();
  const auto reader = FolderReader::Open(folder_.string(), FolderReader::Access::kLocked);
  ASSERT_TRUE(reader.ok()) << reader.status();
  const absl::StatusOr<FolderReport> report = (*reader)->Check();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->topics[0].records, 3) << "of `latest` the newest of each key is kept";
  EXPECT_EQ(report->topics[1].records, 10);
  EXPECT_EQ(report->kinds[0].state_keys, 2);
  EXPECT_EQ(report->kinds[0].unread_records, 8);
  EXPECT_EQ((*reader)->records_written(), 20);
}

TEST_F(FolderCopyTest, AFolderInUseIsNotChecked) {
  Open();
  // A lock is the process's: the same that RocksDB keeps for others.
  const auto reader = FolderReader::Open(folder_.string(), FolderReader::Access::kLocked);
  EXPECT_EQ(reader.status().code(), absl::StatusCode::kFailedPrecondition) << reader.status();
  EXPECT_THAT(std::string(reader.status().message()), HasSubstr("another touchstone uses it"));
}

TEST_F(FolderCopyTest, WhereNoLogBeganThereIsNothing) {
  EXPECT_EQ(CopyFolder(folder_.string(), root_ / "copy", nullptr).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(FolderReader::Open(folder_.string(), FolderReader::Access::kLocked).status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(fs::exists(folder_)) << "a look makes nothing";
}

TEST_F(FolderCopyTest, ACheckFindsDamageInATable) {
  Open();
  for (int i = 0; i < 400; ++i) {
    Append("orders", 0, "key", std::string(1000, 'v'));
    while (acknowledged_ <= i) log_->tail_changes().WaitPast(log_->tail_changes().version(), absl::Milliseconds(1));
  }
  log_.reset();
  const fs::path table = AnyFile(folder_, ".sst");
  Overwrite(table, static_cast<int64_t>(fs::file_size(table)) / 3, "damage");
  EXPECT_THAT(CheckError(folder_),
              AllOf(HasSubstr(folder_.string()), HasSubstr(table.filename().string()), HasSubstr("Put a backup")));
}

TEST_F(FolderCopyTest, ACheckFindsThatTheLogEndsTooEarly) {
  Open();
  Fill(10);
  log_.reset();
  const fs::path wal = AnyFile(folder_, ".log");
  fs::resize_file(wal, fs::file_size(wal) / 2);
  EXPECT_THAT(CheckError(folder_), HasSubstr("its log is damaged or incomplete"));
  const absl::StatusOr<FolderCopy> copy = CopyFolder(folder_.string(), root_ / "copy", nullptr);
  EXPECT_EQ(copy.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(copy.status().message()), HasSubstr("gives no whole copy, so it may be damaged"));
}

// A store of an older day beside the mark of a newer: somebody put parts of a backup in place.
TEST_F(FolderCopyTest, AnOlderStoreUnderANewerMarkIsRefused) {
  Open();
  Fill(10);
  log_.reset();
  fs::copy(folder_ / "store", root_ / "older", fs::copy_options::recursive);
  Open();
  Fill(10);
  log_.reset();
  fs::remove_all(folder_ / "store");
  fs::rename(root_ / "older", folder_ / "store");
  EXPECT_THAT(CheckError(folder_), HasSubstr("was written up to record 40 "));
}

}  // namespace
}  // namespace touchstone::eventlog
