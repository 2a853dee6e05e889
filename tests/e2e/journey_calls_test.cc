// JourneyService as a client meets it: pages that are whole, and watches that go on where they ended.

#include <gmock/gmock.h>
#include <signal.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock/proto_time.h"
#include "common/clock/system_clock.h"
#include "common/rpc/client.h"
#include "tests/e2e/suite_process.h"
#include "touchstone/classification/v1/journey_service.grpc.pb.h"
#include "touchstone/ingestion/v1/ingestion_service.grpc.pb.h"

namespace touchstone::e2e {
namespace {

namespace events = touchstone::events::v1;
namespace v1 = classification::v1;
using ingestion::v1::IngestionService;
using testing::ElementsAre;
using testing::HasSubstr;
using v1::JourneyService;

constexpr absl::Duration kWithin = absl::Seconds(20);
constexpr int kCustomers = 23;

class JourneyCallsTest : public testing::Test {
 protected:
  void SetUp() override {
    suite_ = std::make_unique<SuiteProcess>(folder_ / "socket", folder_ / "said",
                                            std::vector<std::string>{"--data-dir", folder_ / "data"});
    ASSERT_TRUE(suite_->AwaitReady(kWithin));
    const auto channel = rpc::Connect(suite_->address());
    ASSERT_TRUE(channel.ok()) << channel.status();
    ingestion_ = IngestionService::NewStub(*channel);
    journeys_ = JourneyService::NewStub(*channel);
  }

  // The token of the write.
  std::string Visit(const std::string& customer, const std::string& id) {
    ingestion::v1::IngestTouchpointRequest request;
    events::Touchpoint& touchpoint = *request.mutable_touchpoint();
    touchpoint.set_id(id);
    touchpoint.set_source("shop");
    touchpoint.set_type("site.visited");
    touchpoint.set_channel(events::CHANNEL_WEB);
    *touchpoint.mutable_occur_time() = clock::ToProto(clock_.Now());
    *touchpoint.add_names() = NameOf(customer);
    const auto response = rpc::Call(*ingestion_, &IngestionService::Stub::IngestTouchpoint, request, kWithin);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->token() : "";
  }

  static events::Name NameOf(const std::string& customer) {
    events::Name name;
    name.set_kind(events::NAME_KIND_CUSTOMER);
    name.set_value(customer);
    return name;
  }

  // Blocks until what the write caused is there.
  v1::GetJourneyResponse JourneyAfter(const std::string& customer, const std::string& token) {
    v1::GetJourneyRequest request;
    *request.mutable_name() = NameOf(customer);
    request.set_token(token);
    const auto response = rpc::Call(*journeys_, &JourneyService::Stub::GetJourney, request, kWithin);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::GetJourneyResponse();
  }

  // Events of a watch from `token` on, until `count` came; the token after the last goes to `resume`.
  std::vector<std::string> Watched(const std::string& token, size_t count, std::string* resume) {
    grpc::ClientContext context;
    rpc::SetTimeout(context, kWithin);
    v1::WatchJourneyEventsRequest request;
    request.set_resume_token(token);
    const auto reader = journeys_->WatchJourneyEvents(&context, request);
    std::vector<std::string> seen;
    v1::WatchJourneyEventsResponse response;
    while (seen.size() < count && reader->Read(&response)) {
      if (!response.resume_token().empty()) *resume = response.resume_token();
      if (response.event().has_moment_found()) seen.push_back(response.event().moment_found().moment().id());
    }
    context.TryCancel();
    reader->Finish();
    return seen;
  }

  const TestFolder folder_;
  const clock::SystemClock clock_;
  std::unique_ptr<SuiteProcess> suite_;
  std::unique_ptr<IngestionService::Stub> ingestion_;
  std::unique_ptr<JourneyService::Stub> journeys_;
};

TEST_F(JourneyCallsTest, PagesOfJourneysHoldEachOnceAndTheirTokensAreOfTheirQuery) {
  for (int i = 0; i < kCustomers; ++i) {
    const std::string customer = absl::StrCat("c", i);
    EXPECT_EQ(JourneyAfter(customer, Visit(customer, customer)).journey().digest().touchpoint_count(), 1);
  }
  std::multiset<std::string> subjects;
  v1::ListJourneysRequest request;
  request.set_page_size(5);
  int pages = 0;
  do {
    const auto page = rpc::Call(*journeys_, &JourneyService::Stub::ListJourneys, request, kWithin);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_LE(page->journeys_size(), 5);
    for (const events::JourneyDigest& journey : page->journeys()) subjects.insert(journey.subject());
    request.set_page_token(page->next_page_token());
    ASSERT_LE(++pages, kCustomers);
  } while (!request.page_token().empty());
  EXPECT_EQ(subjects.size(), static_cast<size_t>(kCustomers));
  EXPECT_EQ(std::set<std::string>(subjects.begin(), subjects.end()).size(), subjects.size());

  v1::ListJourneysRequest first;
  first.set_page_size(5);
  const auto page = rpc::Call(*journeys_, &JourneyService::Stub::ListJourneys, first, kWithin);
  ASSERT_TRUE(page.ok());
  v1::ListJourneysRequest other = first;
  other.set_page_token(page->next_page_token());
  other.set_stage(events::STAGE_LOYALTY);
  EXPECT_EQ(rpc::Call(*journeys_, &JourneyService::Stub::ListJourneys, other, kWithin).status().code(),
            absl::StatusCode::kInvalidArgument);
  other.set_page_token("made up");
  EXPECT_EQ(rpc::Call(*journeys_, &JourneyService::Stub::ListJourneys, other, kWithin).status().code(),
            absl::StatusCode::kInvalidArgument);
  other.clear_page_token();
  other.set_page_size(-1);
  EXPECT_EQ(rpc::Call(*journeys_, &JourneyService::Stub::ListJourneys, other, kWithin).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(JourneyCallsTest, AWatchGoesOnBehindItsResumeTokenAlsoAfterTheSuiteWasKilled) {
  std::vector<std::string> moments;
  for (const char* customer : {"a", "b"}) {
    const v1::GetJourneyResponse found = JourneyAfter(customer, Visit(customer, customer));
    ASSERT_EQ(found.journey().moments_size(), 1);
    moments.push_back(found.journey().moments(0).id());
  }
  std::string all;
  EXPECT_THAT(Watched("begin", 2, &all), testing::UnorderedElementsAre(moments[0], moments[1]));
  std::string after_first;
  const std::vector<std::string> first = Watched("begin", 1, &after_first);
  ASSERT_EQ(first.size(), 1u);

  suite_->Signal(SIGKILL);
  suite_->Wait();
  SetUp();
  std::string resume;
  EXPECT_THAT(Watched(after_first, 1, &resume), ElementsAre(first[0] == moments[0] ? moments[1] : moments[0]));
  const v1::GetJourneyResponse third = JourneyAfter("c", Visit("c", "c"));
  ASSERT_EQ(third.journey().moments_size(), 1);
  EXPECT_THAT(Watched(all, 1, &resume), ElementsAre(third.journey().moments(0).id()));

  grpc::ClientContext context;
  v1::WatchJourneyEventsRequest request;
  request.set_resume_token("made up");
  v1::WatchJourneyEventsResponse response;
  const auto reader = journeys_->WatchJourneyEvents(&context, request);
  EXPECT_FALSE(reader->Read(&response));
  const grpc::Status refused = reader->Finish();
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(refused.error_message(), HasSubstr("resume_token"));
}

TEST_F(JourneyCallsTest, AMomentIsFoundListedAndExplainedByItsId) {
  const std::string token = Visit("a", "a");
  v1::ListMomentsRequest list;
  *list.mutable_name() = NameOf("a");
  list.set_token(token);
  const auto listed = rpc::Call(*journeys_, &JourneyService::Stub::ListMoments, list, kWithin);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->moments_size(), 1);
  v1::GetMomentRequest get;
  get.set_moment_id(listed->moments(0).id());
  const auto got = rpc::Call(*journeys_, &JourneyService::Stub::GetMoment, get, kWithin);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->moment().rule(), listed->moments(0).rule());
  v1::ExplainMomentRequest explain;
  explain.set_moment_id(listed->moments(0).id());
  const auto explained = rpc::Call(*journeys_, &JourneyService::Stub::ExplainMoment, explain, kWithin);
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_EQ(explained->evidence_size(), 1);
  EXPECT_FALSE(explained->clauses().empty());
  get.set_moment_id(absl::StrCat("customer:a~", std::string(26, '0')));
  EXPECT_EQ(rpc::Call(*journeys_, &JourneyService::Stub::GetMoment, get, kWithin).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace touchstone::e2e
