#include "common/eventlog/kafka/folder_claim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "absl/strings/str_cat.h"

namespace touchstone::eventlog::kafka {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class FolderClaimTest : public testing::Test {
 protected:
  ~FolderClaimTest() override { std::filesystem::remove_all(root_); }
  void WriteOwner(const std::string& text) {
    std::filesystem::create_directories(root_);
    std::ofstream(folder_ + ".owner") << text;
  }
  std::string Refusal(absl::string_view instance, absl::StatusCode code) {
    const absl::Status refused = FolderClaim::Take(folder_, instance).status();
    EXPECT_EQ(refused.code(), code) << refused;
    return std::string(refused.message());
  }

  const std::string root_ = absl::StrCat(testing::TempDir(), "/claim-", ::getpid());
  const std::string folder_ = root_ + "/t.alpha";
};

TEST_F(FolderClaimTest, IsOneInstancesAndOneProcesssAtATime) {
  {
    const absl::StatusOr<FolderClaim> held = FolderClaim::Take(folder_, "a-1");
    ASSERT_TRUE(held.ok()) << held.status();
    EXPECT_THAT(Refusal("a-1", absl::StatusCode::kAlreadyExists),
                AllOf(HasSubstr(folder_), HasSubstr(absl::StrCat("in use by process ", getpid(), " (instance 'a-1')"))));
  }
  EXPECT_THAT(Refusal("b-1", absl::StatusCode::kInvalidArgument),
              AllOf(HasSubstr("is that of instance 'a-1', and this is 'b-1'"), HasSubstr("Nothing was changed")));
  EXPECT_TRUE(FolderClaim::Take(folder_, "a-1").ok()) << "it is back";
}

TEST_F(FolderClaimTest, OfANewerVersionIsLeftAlone) {
  WriteOwner("format 2\ninstance a-1\npid 1\n");
  EXPECT_THAT(Refusal("a-1", absl::StatusCode::kInvalidArgument),
              HasSubstr("written by a newer version (format 2; this one knows 1)"));
}

TEST_F(FolderClaimTest, OneWhoseOwnerWasNeverWrittenIsTaken) {
  WriteOwner("");
  EXPECT_TRUE(FolderClaim::Take(folder_, "a-1").ok());
  EXPECT_THAT(Refusal("b-1", absl::StatusCode::kInvalidArgument), HasSubstr("'a-1'"));
}

}  // namespace
}  // namespace touchstone::eventlog::kafka
