#include "common/eventlog/embedded/internal/mark_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "rocksdb/env.h"

namespace touchstone::eventlog::embedded {
namespace {

constexpr int64_t kSlots[] = {0, 4096};
constexpr int64_t kInASlot = 20;

class MarkFileTest : public testing::Test {
 protected:
  MarkFileTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~MarkFileTest() override { std::filesystem::remove_all(folder_); }

  // Marks writes 1 to 3.
  void WriteThree() {
    auto mark = MarkFile::Create(*rocksdb::Env::Default(), folder_, {1, 10, 100});
    ASSERT_TRUE(mark.ok()) << mark.status();
    ASSERT_TRUE((*mark)->Advance({2, 20, 200}).ok());
    ASSERT_TRUE((*mark)->Advance({3, 30, 300}).ok());
  }
  absl::StatusOr<std::unique_ptr<MarkFile>> Open() { return MarkFile::Open(*rocksdb::Env::Default(), folder_); }
  std::string Content() {
    std::ifstream stream(folder_ + "/MARK", std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void Damage(int64_t slot) {
    std::fstream stream(folder_ + "/MARK", std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(slot + kInASlot);
    stream.write("damage", 6);
  }

  const std::string folder_ = std::filesystem::path(testing::TempDir()) / absl::StrCat("mark-file-", ::getpid());
};

TEST_F(MarkFileTest, TheNewestIsRead) {
  WriteThree();
  const auto mark = Open();
  ASSERT_TRUE(mark.ok()) << mark.status();
  EXPECT_EQ((*mark)->end(), (WriteEnd{3, 30, 300}));
}

// A write of one slot that is torn leaves the other: the mark before.
TEST_F(MarkFileTest, ATornSlotLeavesTheMarkBefore) {
  WriteThree();
  const std::string whole = Content();
  std::multiset<uint64_t> left;
  for (const int64_t slot : kSlots) {
    std::ofstream(folder_ + "/MARK", std::ios::binary) << whole;
    Damage(slot);
    const auto mark = Open();
    ASSERT_TRUE(mark.ok()) << mark.status();
    left.insert((*mark)->end().write);
    // And the next is written over the torn one.
    ASSERT_TRUE((*mark)->Advance({4, 40, 400}).ok());
    const auto again = Open();
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ((*again)->end().write, 4U);
  }
  EXPECT_EQ(left, (std::multiset<uint64_t>{2, 3}));
}

TEST_F(MarkFileTest, WithoutAWholeSlotItIsDamaged) {
  WriteThree();
  for (const int64_t slot : kSlots) Damage(slot);
  EXPECT_TRUE(absl::IsDataLoss(Open().status())) << Open().status();
}

}  // namespace
}  // namespace touchstone::eventlog::embedded
