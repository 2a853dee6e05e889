#include "common/config/file_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace touchstone::config {
namespace {

using ::testing::HasSubstr;

class FileTextTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string FileOf(const std::string& text) {
    const std::string path = absl::StrCat(folder_, "/text");
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  const std::string folder_ = absl::StrCat(testing::TempDir(), "/file_text_test");
};

TEST_F(FileTextTest, IsWholeUpToItsMaximum) {
  // Of several chunks, with a byte that ends a C string.
  const std::string text = std::string(200'000, 'a') + std::string(1, '\0') + "\r\n";
  const std::string path = FileOf(text);
  absl::StatusOr<std::string> read = ReadFileText(path, text.size());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(*read == text) << read->size() << " bytes";
  read = ReadFileText(path, text.size() - 1);
  EXPECT_TRUE(absl::IsInvalidArgument(read.status()));
  EXPECT_THAT(read.status().message(), HasSubstr(absl::StrCat("'", path, "' is larger than 200002 bytes")));
  EXPECT_EQ(*ReadFileText(FileOf(""), 10), "");
}

TEST_F(FileTextTest, WhatIsNoFileIsRefused) {
  const absl::Status folder = ReadFileText(folder_, 10).status();
  EXPECT_TRUE(absl::IsInvalidArgument(folder));
  EXPECT_EQ(folder.message(), absl::StrCat("'", folder_, "' cannot be read: it is a folder"));
  const absl::Status nothing = ReadFileText(folder_ + "/none", 10).status();
  EXPECT_TRUE(absl::IsNotFound(nothing));
  EXPECT_THAT(nothing.message(), HasSubstr("/none' cannot be read: No such file"));
  EXPECT_TRUE(absl::IsNotFound(ReadFileText(FileOf("x") + "/below", 10).status()));
}

}  // namespace
}  // namespace touchstone::config
