#include "services/operations/dead_letter_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/clock/virtual_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/eventlog/memory/seeded_faults.h"
#include "common/stream/topics.h"

namespace touchstone::operations {
namespace {

using Progress = DeadLetterPage::Progress;
using testing::ElementsAre;

class DeadLetterPageTest : public testing::Test {
 protected:
  DeadLetterPageTest()
      : log_(eventlog::MemoryLog::Open(
            eventlog::MakeMemoryStorage(eventlog::TopicCatalog({{topics::kDeadLetters, 1}}), eventlog::Durability::kAtOnce),
            clock_, "test", &faults_)) {}

  // `bytes`: of the value that could not be processed.
  void Append(absl::string_view reason, size_t bytes = 1) {
    events::v1::DeadLetter letter;
    letter.set_reason(std::string(reason));
    letter.set_value(std::string(bytes, 'x'));
    log_->Append({{topics::kDeadLetters, "k", "", letter.SerializeAsString(), std::nullopt}},
                 [](const auto& positions) { EXPECT_TRUE(positions.ok()) << positions.status(); });
  }

  // Reads on until the page is whole; counts how often it had to be waited for.
  v1::ListDeadLettersResponse Page(const v1::ListDeadLettersRequest& request, int* awaited = nullptr) {
    absl::StatusOr<DeadLetterPage> page = DeadLetterPage::Begin(*log_, request);
    EXPECT_TRUE(page.ok()) << page.status();
    for (int turns = 0; turns < 1000; ++turns) {
      const absl::StatusOr<Progress> progress = page->ReadOn();
      EXPECT_TRUE(progress.ok()) << progress.status();
      if (*progress == Progress::kWhole) return page->Take();
      if (*progress == Progress::kAwaited && awaited != nullptr) ++*awaited;
    }
    ADD_FAILURE() << "the page does not end";
    return page->Take();
  }
  // All pages, by their letters' reasons.
  std::vector<std::string> All(v1::ListDeadLettersRequest request, int* pages = nullptr) {
    std::vector<std::string> reasons;
    do {
      const v1::ListDeadLettersResponse page = Page(request);
      for (const events::v1::DeadLetter& letter : page.dead_letters()) reasons.push_back(letter.reason());
      request.set_page_token(page.next_page_token());
      if (pages != nullptr) ++*pages;
    } while (!request.page_token().empty());
    return reasons;
  }

  clock::VirtualClock clock_{absl::FromUnixSeconds(1'795'000'000)};
  eventlog::SeededFaults faults_{7};
  std::unique_ptr<eventlog::MemoryLog> log_;
};

TEST_F(DeadLetterPageTest, WhatABrokerHasNotSentYetIsWaitedFor) {
  for (const char* reason : {"a", "b", "c"}) Append(reason);
  faults_.SetChance(eventlog::FaultPoint::kEmptyRead, 9'000);
  int awaited = 0;
  const v1::ListDeadLettersResponse page = Page({}, &awaited);
  EXPECT_EQ(page.dead_letters_size(), 3);
  EXPECT_TRUE(page.next_page_token().empty());
  EXPECT_GT(awaited, 0);
}

TEST_F(DeadLetterPageTest, APageEndsWhereTheTopicEndedWhenItBegan) {
  Append("a");
  absl::StatusOr<DeadLetterPage> page = DeadLetterPage::Begin(*log_, {});
  ASSERT_TRUE(page.ok()) << page.status();
  Append("b");
  ASSERT_EQ(*page->ReadOn(), Progress::kWhole);
  const v1::ListDeadLettersResponse taken = page->Take();
  ASSERT_EQ(taken.dead_letters_size(), 1);
  EXPECT_TRUE(taken.next_page_token().empty());
}

TEST_F(DeadLetterPageTest, AnEmptyTopicIsWholeAtOnce) {
  const v1::ListDeadLettersResponse page = Page({});
  EXPECT_EQ(page.dead_letters_size(), 0);
  EXPECT_TRUE(page.next_page_token().empty());
}

TEST_F(DeadLetterPageTest, PagesFollowEachOtherAndTheLastSaysSo) {
  for (const char* reason : {"a", "b", "c", "d"}) Append(reason);
  v1::ListDeadLettersRequest request;
  request.set_page_size(2);
  int pages = 0;
  EXPECT_THAT(All(request, &pages), ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(pages, 2);
}

TEST_F(DeadLetterPageTest, APageIsBoundedByBytes) {
  for (const char* reason : {"a", "b", "c", "d"}) Append(reason, 400'000);
  const v1::ListDeadLettersResponse first = Page({});
  EXPECT_EQ(first.dead_letters_size(), 2);
  EXPECT_LE(static_cast<int64_t>(first.ByteSizeLong()), kPageBytesMax + 1000);
  EXPECT_THAT(All({}), ElementsAre("a", "b", "c", "d"));
}

TEST_F(DeadLetterPageTest, ALargeLetterHasAPageOfItsOwn) {
  for (const char* reason : {"a", "b"}) Append(reason, eventlog::kRecordBytesMax - 100);
  EXPECT_EQ(Page({}).dead_letters_size(), 1);
  EXPECT_THAT(All({}), ElementsAre("a", "b"));
}

TEST_F(DeadLetterPageTest, ARareReasonIsLookedForInTurns) {
  for (int i = 0; i < kLookedAtInTurnMax + 1; ++i) Append("common");
  Append("rare");
  v1::ListDeadLettersRequest request;
  request.set_reason("rare");
  absl::StatusOr<DeadLetterPage> page = DeadLetterPage::Begin(*log_, request);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(*page->ReadOn(), Progress::kMore);
  EXPECT_TRUE(page->moved());
  EXPECT_EQ(*page->ReadOn(), Progress::kWhole);
  EXPECT_EQ(page->Take().dead_letters_size(), 1);
}

TEST_F(DeadLetterPageTest, ATokenOfAnotherQueryIsRefused) {
  Append("a");
  Append("b");
  v1::ListDeadLettersRequest request;
  request.set_page_size(1);
  const std::string token = Page(request).next_page_token();
  request.set_reason("b");
  request.set_page_token(token);
  EXPECT_TRUE(absl::IsInvalidArgument(DeadLetterPage::Begin(*log_, request).status()));
}

}  // namespace
}  // namespace touchstone::operations
