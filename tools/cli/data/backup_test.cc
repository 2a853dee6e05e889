#include "tools/cli/data/backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/clock/system_clock.h"
#include "common/eventlog/embedded/embedded_log.h"
#include "common/stream/topics.h"
#include "services/process/data_dir.h"
#include "services/process/secret.h"

namespace touchstone::cli {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

// A data folder of a suite that has begun, and stays open.
class BackupTest : public testing::Test {
 protected:
  BackupTest()
      : root_(fs::path(testing::TempDir()) /
              absl::StrCat("backup-", ::getpid(), "-", testing::UnitTest::GetInstance()->current_test_info()->name())),
        data_(root_ / "data"),
        to_(root_ / "backup"),
        back_(root_ / "restored") {
    fs::remove_all(root_);
    fs::create_directories(data_);
    Open(data_);
    const absl::StatusOr<names::NameSecret> secret = process::ReadOrMakeSecret(data_ / process::kSecretName);
    EXPECT_TRUE(process::AgreeOnSecret(*secret, *log_, clock_, absl::Seconds(10)).ok());
  }
  ~BackupTest() override {
    log_.reset();
    fs::remove_all(root_);
  }

  void Open(const fs::path& data) {
    log_.reset();
    eventlog::EmbeddedOptions options;
    options.folder = data / "log";
    options.topics = eventlog::TopicCatalog({{topics::kControl, 1, true}, {topics::kTouchpoints, 2}});
    options.free_bytes = [] { return int64_t{1} << 40; };
    absl::StatusOr<std::unique_ptr<eventlog::EmbeddedLog>> log = eventlog::OpenEmbeddedLog(options, clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
  }

  absl::StatusOr<Backup> Make() { return MakeBackup(data_, to_, clock_, nullptr); }
  static void Write(const fs::path& path, absl::string_view text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  static int ModeOf(const fs::path& path) {
    struct stat about = {};
    EXPECT_EQ(stat(path.c_str(), &about), 0);
    return static_cast<int>(about.st_mode & 0777);
  }

  const fs::path root_;
  const fs::path data_;
  const fs::path to_;
  const fs::path back_;
  const clock::SystemClock clock_;
  std::unique_ptr<eventlog::EmbeddedLog> log_;
};

TEST_F(BackupTest, OfASuiteAtWorkIsWholeAndIsRestored) {
  const absl::StatusOr<Backup> backup = Make();
  ASSERT_TRUE(backup.ok()) << backup.status();
  EXPECT_EQ(backup->manifest.records, 1) << "the secret's fingerprint";
  EXPECT_TRUE(backup->manifest.has_secret);
  EXPECT_EQ(ModeOf(to_ / process::kSecretName), 0600);
  EXPECT_TRUE(CheckData(to_).ok());
  EXPECT_FALSE(fs::exists(to_ / "log/LOCK")) << "a check changes nothing";

  const absl::StatusOr<BackupManifest> restored = RestoreBackup(to_, back_, nullptr);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(ModeOf(back_ / process::kSecretName), 0600);
  EXPECT_TRUE(CheckData(back_).ok());
  EXPECT_TRUE(process::PrepareDataDir(back_).ok());
  Open(back_);
  EXPECT_TRUE(process::AgreeOnSecret(*process::ReadSecret(back_ / process::kSecretName), *log_, clock_, absl::Seconds(10)).ok());
}

TEST_F(BackupTest, OverwritesNothing) {
  Write(to_ / "letter.txt", "dear");
  EXPECT_EQ(Make().status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(MakeBackup(data_, data_ / "inside", clock_, nullptr).status().code(), absl::StatusCode::kInvalidArgument);
  fs::remove_all(to_);
  ASSERT_TRUE(Make().ok());
  EXPECT_EQ(Make().status().code(), absl::StatusCode::kInvalidArgument);
  const absl::Status over = RestoreBackup(to_, data_, nullptr).status();
  EXPECT_EQ(over.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(over.message()), HasSubstr("nothing is overwritten"));
}

TEST_F(BackupTest, LeavesNothingWhereItFails) {
  EXPECT_EQ(MakeBackup(root_ / "nowhere", to_, clock_, nullptr).status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(fs::exists(to_));
}

TEST_F(BackupTest, ChangedOrLostFilesAreNamedAndNotRestored) {
  ASSERT_TRUE(Make().ok());
  const fs::path mark = to_ / "log/MARK";
  fs::copy(mark, root_ / "mark");
  Write(mark, "other");
  for (const absl::Status& status : {CheckData(to_).status(), RestoreBackup(to_, back_, nullptr).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("log/MARK is not what it was"), HasSubstr("Take another backup")));
  }
  EXPECT_FALSE(fs::exists(back_));
  fs::remove(mark);
  EXPECT_THAT(std::string(CheckData(to_).status().message()), HasSubstr("log/MARK is missing"));
}

TEST_F(BackupTest, AnUnfinishedOneIsNone) {
  ASSERT_TRUE(Make().ok());
  fs::rename(to_ / process::kBackupName, to_ / process::kUnfinishedBackupName);
  for (const absl::Status& status : {CheckData(to_).status(), RestoreBackup(to_, back_, nullptr).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("the making of it was interrupted"));
  }
}

TEST_F(BackupTest, AnInterruptedRestoreIsRepeated) {
  ASSERT_TRUE(Make().ok());
  Write(back_ / process::kRestoringName / "MARK", "half");
  Write(back_ / process::kSecretName, "half");
  ASSERT_TRUE(RestoreBackup(to_, back_, nullptr).ok());
  EXPECT_TRUE(CheckData(back_).ok());
}

TEST_F(BackupTest, TheSecretOfAnotherLogIsFound) {
  log_.reset();
  fs::remove(data_ / process::kSecretName);
  EXPECT_FALSE(CheckData(data_)->has_secret);
  ASSERT_TRUE(process::ReadOrMakeSecret(data_ / process::kSecretName).ok());
  const absl::Status status = CheckData(data_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("is the secret of another log"));
  EXPECT_EQ(Make().status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(BackupTest, WhatIsNeitherIsSaid) {
  EXPECT_THAT(std::string(CheckData(root_ / "nowhere").status().message()), HasSubstr("there is no folder"));
  const absl::Status status = CheckData(root_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("is neither a data folder"));
  EXPECT_EQ(CheckData(data_).status().code(), absl::StatusCode::kFailedPrecondition) << "it is at work";
}

}  // namespace
}  // namespace touchstone::cli
