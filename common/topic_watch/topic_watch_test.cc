#include "common/topic_watch/topic_watch.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/clock/virtual_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "touchstone/classification/v1/journey_service.pb.h"

namespace touchstone::topic_watch {
namespace {

using Response = classification::v1::WatchJourneyEventsResponse;

TEST(TopicWatch, ATurnIsBoundedAndSaysThatThereIsMore) {
  clock::VirtualClock clock(absl::FromUnixSeconds(1'795'000'000));
  const auto log = eventlog::MemoryLog::Open(
      eventlog::MakeMemoryStorage(eventlog::TopicCatalog({{"facts", 1}}), eventlog::Durability::kAtOnce), clock, "test");
  const auto append = [&](std::vector<eventlog::OutRecord> records) {
    log->Append(std::move(records), [](const auto& positions) { EXPECT_TRUE(positions.ok()) << positions.status(); });
  };
  constexpr int kUnwanted = 3 * kSkippedPerTurn;
  std::vector<eventlog::OutRecord> records;
  for (int i = 0; i < kUnwanted; ++i) records.push_back({"facts", "k", "", "unwanted"});
  append(std::move(records));
  append({{"facts", "k", "", "wanted"}});
  int looked_at = 0;
  auto watch = OpenTopicWatch<Response>(*log, "facts", "begin", [&](const std::string& value, Response&) {
    ++looked_at;
    return value == "wanted";
  });
  ASSERT_TRUE(watch.ok()) << watch.status();
  for (int turn = 1; turn <= 3; ++turn) {
    EXPECT_FALSE((*watch)->Next()->has_value());
    EXPECT_TRUE((*watch)->More()) << turn;
    EXPECT_EQ(looked_at, turn * kSkippedPerTurn);
  }
  EXPECT_TRUE((*watch)->Next()->has_value());
  EXPECT_FALSE((*watch)->Next()->has_value());
  EXPECT_FALSE((*watch)->More()) << "all is looked through";
}

TEST(TopicWatch, ATurnThatFindsSomeIsNoLonger) {
  clock::VirtualClock clock(absl::FromUnixSeconds(1'795'000'000));
  const auto log = eventlog::MemoryLog::Open(
      eventlog::MakeMemoryStorage(eventlog::TopicCatalog({{"facts", 1}}), eventlog::Durability::kAtOnce), clock, "test");
  std::vector<eventlog::OutRecord> records;
  for (int i = 0; i < 4 * kSkippedPerTurn; ++i) records.push_back({"facts", "k", "", i % 256 == 0 ? "wanted" : "unwanted"});
  log->Append(std::move(records), [](const auto& positions) { EXPECT_TRUE(positions.ok()) << positions.status(); });
  int unwanted = 0;
  auto watch = OpenTopicWatch<Response>(*log, "facts", "begin", [&](const std::string& value, Response&) {
    if (value != "wanted") ++unwanted;
    return value == "wanted";
  });
  ASSERT_TRUE(watch.ok()) << watch.status();
  int wanted = 0;
  while ((*watch)->Next()->has_value()) ++wanted;
  EXPECT_TRUE((*watch)->More());
  EXPECT_EQ(unwanted, kSkippedPerTurn);
  EXPECT_GT(wanted, 1);
}

}  // namespace
}  // namespace touchstone::topic_watch
