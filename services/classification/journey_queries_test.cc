#include "services/classification/journey_queries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/ids/id.h"
#include "common/stream/task_list.h"
#include "services/classification/journey_keys.h"
#include "services/classification/pack_loader.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"
#include "touchstone/classification/v1/journey_service.pb.h"
#include "touchstone/stream/list/v1/task_list.pb.h"

namespace touchstone::classification {
namespace {

using ::testing::ElementsAre;

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
  void Add(absl::string_view name, events::v1::Stage stage) {
    state::v1::Head head;
    head.mutable_fold()->mutable_journey()->set_stage(stage);
    values[keys::Head(name)] = head.SerializeAsString();
  }
  std::map<std::string, std::string> values;
};

absl::StatusOr<std::string> Asked(const MapState& state, absl::string_view name, const google::protobuf::MessageLite& request) {
  static const auto& pack = *new auto(*LoadPack("deploy/packs/retail"));
  for (const stream::TaskQuery& query : JourneyQueries(pack)) {
    if (query.name == name) return query.run(state, absl::UnixEpoch(), request.SerializeAsString());
  }
  return absl::UnimplementedError(name);
}

std::vector<std::string> Listed(const MapState& state, const v1::ListJourneysRequest& filter) {
  stream::list::v1::ListPart part;
  part.set_filter(filter.SerializeAsString());
  part.set_items_max(stream::kPageSizeMax);
  stream::list::v1::ListPartAnswer answer;
  const absl::StatusOr<std::string> bytes = Asked(state, kJourneysQuery, part);
  EXPECT_TRUE(bytes.ok() && answer.ParseFromString(*bytes)) << bytes.status();
  std::vector<std::string> names;
  for (const std::string& item : answer.items()) {
    events::v1::JourneyDigest digest;
    EXPECT_TRUE(digest.ParseFromString(item));
    names.push_back(digest.subject());
  }
  return names;
}

TEST(JourneyQueries, AListHoldsTheJourneysThatWereAskedFor) {
  MapState state;
  state.Add("customer:1", events::v1::STAGE_PURCHASE);
  state.Add("customer:2", events::v1::STAGE_DISCOVERY);
  state.Add("customer:3", events::v1::STAGE_PURCHASE);
  v1::ListJourneysRequest request;
  EXPECT_THAT(Listed(state, request), ElementsAre("customer:1", "customer:2", "customer:3"));
  request.set_stage(events::v1::STAGE_PURCHASE);
  EXPECT_THAT(Listed(state, request), ElementsAre("customer:1", "customer:3"));
  request.set_min_strike_hundredths(100);
  EXPECT_THAT(Listed(state, request), ElementsAre());
}

TEST(JourneyQueries, WhatIsNotThereIsNotFound) {
  const MapState nothing;
  v1::GetJourneyRequest journey;
  journey.mutable_name()->set_key("customer:1");
  EXPECT_TRUE(absl::IsNotFound(Asked(nothing, kJourneyQuery, journey).status()));
  v1::ListMomentsRequest moments;
  *moments.mutable_name() = journey.name();
  EXPECT_TRUE(absl::IsNotFound(Asked(nothing, kMomentsQuery, moments).status()));
  v1::GetMomentRequest moment;
  moment.set_moment_id(ids::DerivedId("customer:1", {"moment"}));
  EXPECT_TRUE(absl::IsNotFound(Asked(nothing, kMomentQuery, moment).status()));
  v1::ExplainMomentRequest explain;
  explain.set_moment_id(moment.moment_id());
  EXPECT_TRUE(absl::IsNotFound(Asked(nothing, kExplainQuery, explain).status()));
}

}  // namespace
}  // namespace touchstone::classification
