#include "common/eventlog/kafka/settings_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace touchstone::eventlog {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

class SettingsFile : public testing::Test {
 protected:
  ~SettingsFile() override { std::filesystem::remove(path_); }
  void Write(const std::string& text, std::filesystem::perms may = std::filesystem::perms::owner_read) {
    std::filesystem::remove(path_);
    std::ofstream(path_) << text;
    std::filesystem::permissions(path_, may);
  }

  const std::string path_ = absl::StrCat(testing::TempDir(), "/settings-", ::getpid());
};

TEST_F(SettingsFile, HoldsALineForEach) {
  Write("# of the cluster\n\nsecurity.protocol=SASL_SSL\r\n sasl.password = a=b#c \n");
  EXPECT_THAT(*ReadSettingsFile(path_), ElementsAre(Pair("sasl.password", "a=b#c"), Pair("security.protocol", "SASL_SSL")));
}

TEST_F(SettingsFile, IsItsOwnersAlone) {
  Write("sasl.password=hunter2", std::filesystem::perms::owner_read | std::filesystem::perms::group_read);
  const absl::Status refused = ReadSettingsFile(path_).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), AllOf(HasSubstr("chmod 600"), HasSubstr(path_)));
  EXPECT_TRUE(absl::IsNotFound(ReadSettingsFile("/nowhere/settings").status()));
}

TEST_F(SettingsFile, WhatIsWrongIsSaidByItsLineAndNotByItsWords) {
  for (const char* text : {"a=b\nhunter2\n", "a=b\n=hunter2\n", "a=b\nhunter2=\n"}) {
    Write(text);
    const absl::Status refused = ReadSettingsFile(path_).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(refused.message()), AllOf(HasSubstr(absl::StrCat(path_, ":2: ")), Not(HasSubstr("hunter2"))));
  }
  Write("a=b\na=hunter2\n");
  EXPECT_THAT(std::string(ReadSettingsFile(path_).status().message()), AllOf(HasSubstr("'a'"), Not(HasSubstr("hunter2"))));
  Write("a=b\n");
  EXPECT_THAT(std::string(WithSettingsFile({{"a", "hunter2"}}, path_).status().message()),
              AllOf(HasSubstr("'a' is stated in"), Not(HasSubstr("hunter2"))));
}

}  // namespace
}  // namespace touchstone::eventlog
