#include "services/process/data_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/cleanup/cleanup.h"

namespace touchstone::process {
namespace {

using testing::HasSubstr;

class DataDirTest : public testing::Test {
 protected:
  DataDirTest() : folder_(testing::TempDir() + "/data_dir_test") {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~DataDirTest() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << "text";
  }

  void Refuses(const std::filesystem::path& path, const std::string& says) {
    const absl::Status status = PrepareDataDir(path);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("data folder '" + path.string() + "' " + says));
    EXPECT_THAT(std::string(status.message()), HasSubstr("Nothing was changed."));
  }

  const std::filesystem::path folder_;
};

TEST_F(DataDirTest, WhatIsNotThereIsMade) {
  EXPECT_TRUE(PrepareDataDir(folder_ / "a/b").ok());
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "a/b"));
  EXPECT_TRUE(PrepareDataDir(folder_ / "a/b").ok());
}

TEST_F(DataDirTest, FilesOfOthersAreNamedAndLeftAlone) {
  Write("letter.txt");
  Refuses(folder_, "holds files of somebody else ('letter.txt'): name an empty folder");
  for (const char* name : {"photos/1.jpg", "a", "zoo"}) Write(name);
  Refuses(folder_, "holds files of somebody else ('a', 'letter.txt', 'photos' and 1 more): name an empty folder");
}

TEST_F(DataDirTest, AFolderWithALogOfOthersIsNotOurs) {
  Write("log/syslog");
  Refuses(folder_, "holds files of somebody else ('log/syslog')");
  std::filesystem::remove_all(folder_ / "log");
  Write("log");
  EXPECT_TRUE(std::filesystem::is_regular_file(folder_ / "log"));
  Refuses(folder_, "holds files of somebody else ('log')");
}

TEST_F(DataDirTest, WhatAKilledStartLeftIsOurs) {
  for (const char* name : {"lost+found/x", "name-secret.new", "log/LOCK", "log/FORMAT.new"}) Write(name);
  EXPECT_TRUE(PrepareDataDir(folder_).ok());
}

TEST_F(DataDirTest, BesideOursAnythingMayLie) {
  for (const char* name : {"log/FORMAT", "log/store/CURRENT", "name-secret", "notes.txt"}) Write(name);
  EXPECT_TRUE(PrepareDataDir(folder_).ok());
}

TEST_F(DataDirTest, ADamagedFolderOfOursIsLeftToTheLogToJudge) {
  for (const char* name : {"log/MARK", "log/store/CURRENT", "name-secret"}) Write(name);
  EXPECT_TRUE(PrepareDataDir(folder_).ok());
}

TEST_F(DataDirTest, ABackupIsNotUsed) {
  for (const char* name : {"log/FORMAT", "log/MARK", "log/store/CURRENT", "name-secret", kBackupName}) Write(name);
  Refuses(folder_, "is a backup: make a data folder of it with touchstone restore ");
  std::filesystem::rename(folder_ / kBackupName, folder_ / kUnfinishedBackupName);
  Refuses(folder_, "is a backup: ");
}

TEST_F(DataDirTest, AnInterruptedRestoreIsNotUsed) {
  for (const char* name : {"log.restoring/FORMAT", "name-secret"}) Write(name);
  Refuses(folder_, "was half restored from a backup: repeat the touchstone restore");
}

TEST_F(DataDirTest, WhatWasMovedDoesNotGoOnHere) {
  for (const char* name : {"log/FORMAT", "name-secret", kMovedName}) Write(name);
  Refuses(folder_, "was moved to Kafka (its file MOVED says where): start the services there");
}

TEST_F(DataDirTest, AFileIsNoFolder) {
  Write("file");
  Refuses(folder_ / "file", "cannot be made: ");
  Refuses(folder_ / "file/data", "cannot be made: Not a directory");
}

TEST_F(DataDirTest, AFolderThatThisUserMayNotUseIsRefused) {
  std::filesystem::create_directories(folder_ / "theirs");
  // Root may write everywhere: for a moment the test is somebody else.
  constexpr uid_t kNobody = 65534;
  const uid_t user = geteuid();
  if (user == 0) {
    chmod(folder_.c_str(), 0755);
    chmod((folder_ / "theirs").c_str(), 0700);
    ASSERT_EQ(seteuid(kNobody), 0);
  } else {
    chmod((folder_ / "theirs").c_str(), 0500);
  }
  const absl::Cleanup back = [&] { ASSERT_EQ(seteuid(user), 0); };
  Refuses(folder_ / "theirs", "cannot be used: Permission denied: give this user the right to read and write it");
  Refuses(folder_ / "theirs/data", "cannot be made: Permission denied: name a folder that this user can make");
}

}  // namespace
}  // namespace touchstone::process
