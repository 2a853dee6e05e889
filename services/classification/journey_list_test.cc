#include "services/classification/journey_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/classification/journey_keys.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"

namespace touchstone::classification {
namespace {

// Partitions of a task's state in maps, read at once.
class Partitions : public stream::TaskReader {
 public:
  explicit Partitions(int count) : states_(count) {}

  void Add(int partition, int number, events::v1::Stage stage) {
    state::v1::Head head;
    head.mutable_fold()->mutable_journey()->set_stage(stage);
    states_[partition].values[keys::Head(absl::StrCat("customer:", absl::Dec(number, absl::kZeroPad5)))] =
        head.SerializeAsString();
  }

  void Read(absl::string_view, int partition, std::optional<eventlog::Position>, absl::Time, ReadFunction read,
            Done done) override {
    done(read(states_[partition], absl::UnixEpoch()));
  }
  int PartitionCount(absl::string_view) const override { return static_cast<int>(states_.size()); }
  int PartitionFor(absl::string_view, absl::string_view) const override { return 0; }

 private:
  struct MapState : eventlog::StateView {
    absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
      const auto found = values.find(std::string(key));
      return found == values.end() ? std::nullopt : std::optional<std::string>(found->second);
    }
    absl::Status Scan(absl::string_view begin, absl::string_view end, Visit visit) const override {
      for (auto at = values.lower_bound(std::string(begin)); at != values.end() && (end.empty() || at->first < end); ++at) {
        if (!visit(at->first, at->second)) break;
      }
      return absl::OkStatus();
    }
    std::map<std::string, std::string> values;
  };
  std::vector<MapState> states_;
};

v1::ListJourneysResponse Page(Partitions& partitions, const v1::ListJourneysRequest& request) {
  absl::StatusOr<v1::ListJourneysResponse> page = absl::InternalError("not called");
  GatherJourneys(partitions, request, absl::InfiniteFuture(),
                 [&](absl::StatusOr<v1::ListJourneysResponse> gathered) { page = std::move(gathered); });
  EXPECT_TRUE(page.ok()) << page.status();
  return page.ok() ? *page : v1::ListJourneysResponse();
}

// The sizes of all pages.
std::vector<int> Sizes(Partitions& partitions, v1::ListJourneysRequest request) {
  std::vector<int> sizes;
  do {
    const v1::ListJourneysResponse page = Page(partitions, request);
    sizes.push_back(page.journeys_size());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && sizes.size() < 100);
  return sizes;
}

TEST(JourneyList, APageHasFiftyUnlessAskedAndNeverMoreThanFiveHundred) {
  EXPECT_EQ(*PageSizeOf(0), kPageSizeDefault);
  EXPECT_EQ(*PageSizeOf(1), 1);
  EXPECT_EQ(*PageSizeOf(kPageSizeMax), kPageSizeMax);
  EXPECT_EQ(*PageSizeOf(kPageSizeMax + 1), kPageSizeMax);
  EXPECT_TRUE(absl::IsInvalidArgument(PageSizeOf(-1).status()));
}

TEST(JourneyList, GoesThroughAllPartitionsAndEndsWithTheLast) {
  Partitions partitions(3);
  for (int i = 0; i < 4; ++i) partitions.Add(0, i, events::v1::STAGE_PURCHASE);
  for (int i = 4; i < 7; ++i) partitions.Add(2, i, events::v1::STAGE_PURCHASE);
  v1::ListJourneysRequest request;
  request.set_page_size(2);
  EXPECT_THAT(Sizes(partitions, request), testing::ElementsAre(2, 2, 2, 1));
  request.set_page_size(7);
  EXPECT_THAT(Sizes(partitions, request), testing::ElementsAre(7));
}

TEST(JourneyList, APageEndsWhereOneReadHasLookedAtEnoughAndItsTokenGoesOn) {
  Partitions partitions(1);
  for (int i = 0; i < kScannedMax; ++i) partitions.Add(0, i, events::v1::STAGE_DISCOVERY);
  v1::ListJourneysRequest request;
  request.set_stage(events::v1::STAGE_PURCHASE);
  EXPECT_THAT(Sizes(partitions, request), testing::ElementsAre(0));
  partitions.Add(0, kScannedMax, events::v1::STAGE_PURCHASE);
  EXPECT_THAT(Sizes(partitions, request), testing::ElementsAre(0, 1));
}

}  // namespace
}  // namespace touchstone::classification
