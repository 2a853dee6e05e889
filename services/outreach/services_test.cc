#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/clock/system_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/rpc/client.h"
#include "common/rpc/server.h"
#include "common/status/errors.h"
#include "common/stream/topics.h"
#include "common/stream/worker.h"
#include "services/outreach/gate_processor.h"
#include "services/outreach/outreach_list.h"
#include "services/outreach/outreach_service.h"
#include "services/outreach/planner_processor.h"
#include "services/outreach/preference_service.h"
#include "services/outreach/testing/stories.h"

// Both services behind a real server, over the real runtime and the memory log.
namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kAna[] = "customer:ana";

eventlog::TopicCatalog Topics() {
  std::vector<eventlog::TopicSpec> specs;
  for (const char* name : {topics::kTouchpoints, topics::kJourneyEvents, topics::kEscalations, topics::kPlays, topics::kGate,
                           topics::kOutreach, topics::kOutreachRequests, topics::kPreferences, topics::kDeadLetters}) {
    specs.push_back({.name = name, .partitions = 4});
  }
  return eventlog::TopicCatalog(std::move(specs));
}

std::shared_ptr<PlannerPolicy> AtOnce() {
  auto policy = std::make_shared<PlannerPolicy>(ThreePlays());
  policy->plays = {PlayFor("hello", "late", events::OUTREACH_CLASS_SERVICE, {EmailStep("hello")})};
  policy->quiet_hours.Clear();
  return policy;
}

std::vector<stream::TaskDefinition> Tasks() {
  stream::TaskDefinition planner = PlannerTask(AtOnce());
  planner.queries = {OutreachesQuery()};
  return {planner, GateTask(std::make_shared<GatePolicy>(PlainGate()))};
}

class Services : public ::testing::Test {
 protected:
  Services()
      : secret_(*names::NameSecret::FromHex(std::string(64, 'a'))),
        log_(eventlog::MemoryLog::Open(eventlog::MakeMemoryStorage(Topics(), eventlog::Durability::kAtOnce), clock_, "one")),
        worker_(*log_, clock_, Tasks(), {}),
        server_(clock_, {.listen = "127.0.0.1:0"}) {
    const CallContext context{*log_, worker_, server_.pump(), clock_, secret_};
    server_.Add(v1::OutreachService::service_full_name(), std::make_unique<OutreachService>(context));
    server_.Add(v1::PreferenceService::service_full_name(), std::make_unique<PreferenceService>(context));
    EXPECT_TRUE(server_.Start().ok());
    server_.SetServing(true);
    thread_ = std::thread([this] { Work(); });
    channel_ = *rpc::Connect(server_.address());
    outreach_ = v1::OutreachService::NewStub(channel_);
    preferences_ = v1::PreferenceService::NewStub(channel_);
  }

  ~Services() override {
    server_.Stop();
    stopping_ = true;
    log_->changes().Raise();
    thread_.join();
  }

  // A moment that `hello` answers.
  void Tell(const std::string& subject, const std::string& moment) { Tell(subject, moment, {.email = "email:of-" + subject}); }

  void Tell(const std::string& subject, const std::string& moment, const JourneyStory& story) {
    const events::JourneyEvent event = Found(subject, Moment(moment, "late", clock_.Now()), story);
    log_->Append({{topics::kJourneyEvents, subject, absl::StrCat("test:", moment), event.SerializeAsString(), {}}}, [](auto) {});
  }

  // Reads a watch until `count` messages with a payload have come.
  template <typename Response, typename Has>
  std::vector<Response> Take(grpc::ClientReader<Response>& reader, size_t count, Has has) {
    std::vector<Response> taken;
    Response response;
    while (taken.size() < count && reader.Read(&response)) {
      if (has(response)) taken.push_back(response);
    }
    return taken;
  }

  std::vector<v1::WatchOutreachRequestsResponse> TakeRequests(const std::string& resume_token, size_t count) {
    grpc::ClientContext context;
    v1::WatchOutreachRequestsRequest request;
    request.set_resume_token(resume_token);
    auto reader = outreach_->WatchOutreachRequests(&context, request);
    auto taken = Take(*reader, count, [](const auto& response) { return response.has_request(); });
    context.TryCancel();
    return taken;
  }

  // The subject's outreach once there is nothing left to decide about it.
  events::Outreach Decided(const std::string& subject) {
    grpc::ClientContext context;
    v1::WatchOutreachesRequest request;
    request.set_resume_token("begin");
    auto reader = outreach_->WatchOutreaches(&context, request);
    const auto taken = Take(*reader, 1, [&](const v1::WatchOutreachesResponse& response) {
      return response.outreach().subject() == subject && IsDecided(response.outreach().status());
    });
    context.TryCancel();
    return taken.empty() ? events::Outreach() : taken[0].outreach();
  }

  events::Name Email(const std::string& value) const {
    events::Name name;
    name.set_kind(events::NAME_KIND_EMAIL);
    name.set_value(value);
    return name;
  }

  v1::SetPreferencesRequest Withdrawal(const std::string& request_id) const {
    v1::SetPreferencesRequest request;
    request.set_request_id(request_id);
    *request.mutable_address() = Email("Ana@Example.com");
    request.add_fields("consents");
    events::Consent& consent = *request.mutable_preferences()->add_consents();
    consent.set_outreach_class(events::OUTREACH_CLASS_MARKETING);
    consent.set_state(events::CONSENT_STATE_WITHDRAWN);
    return request;
  }

  absl::StatusOr<v1::SetPreferencesResponse> Set(const v1::SetPreferencesRequest& request) {
    return rpc::Call(*preferences_, &v1::PreferenceService::Stub::SetPreferences, request);
  }

  absl::StatusOr<v1::ListOutreachesResponse> List(const v1::ListOutreachesRequest& request) {
    return rpc::Call(*outreach_, &v1::OutreachService::Stub::ListOutreaches, request);
  }

  std::unique_ptr<v1::OutreachService::Stub> outreach_;
  std::unique_ptr<v1::PreferenceService::Stub> preferences_;

 private:
  void Work() {
    while (!stopping_) {
      const uint64_t seen = log_->changes().version();
      const absl::StatusOr<bool> did = worker_.Step();
      ASSERT_TRUE(did.ok()) << did.status();
      server_.pump().Wake();
      if (!*did) log_->changes().WaitPast(seen, absl::Milliseconds(20));
    }
  }

  clock::SystemClock clock_;
  const names::NameSecret secret_;
  std::unique_ptr<eventlog::MemoryLog> log_;
  stream::Worker worker_;
  rpc::Server server_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(Services, PreferencesAreAnsweredByTheGateAndARepeatGetsTheFirstAnswer) {
  const absl::StatusOr<v1::SetPreferencesResponse> first = Set(Withdrawal("r1"));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->preferences().version(), 1);
  v1::SetPreferencesRequest suppress = Withdrawal("r2");
  suppress.clear_fields();
  suppress.add_fields("suppressed");
  suppress.mutable_preferences()->set_suppressed(true);
  const absl::StatusOr<v1::SetPreferencesResponse> second = Set(suppress);
  ASSERT_TRUE(second.ok()) << second.status();
  const absl::StatusOr<v1::SetPreferencesResponse> repeat = Set(Withdrawal("r1"));
  ASSERT_TRUE(repeat.ok()) << repeat.status();
  EXPECT_EQ(repeat->preferences().version(), 1);

  v1::GetPreferencesRequest get;
  *get.mutable_address() = Email("ana@example.com");
  get.set_token(second->token());
  const auto now = rpc::Call(*preferences_, &v1::PreferenceService::Stub::GetPreferences, get);
  ASSERT_TRUE(now.ok()) << now.status();
  EXPECT_TRUE(now->preferences().suppressed());
  ASSERT_EQ(now->preferences().consents_size(), 1);
  EXPECT_EQ(now->preferences().consents(0).state(), events::CONSENT_STATE_WITHDRAWN);
}

TEST_F(Services, WhatIsWrongWithPreferencesIsNamed) {
  v1::SetPreferencesRequest request = Withdrawal("r1");
  request.add_fields("time_zone");
  request.add_fields("colour");
  request.mutable_preferences()->set_time_zone("Europe/Bermuda");
  request.mutable_preferences()->mutable_consents(0)->clear_state();
  const absl::Status status = Set(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  for (const char* path : {"preferences.consents[0].state", "preferences.time_zone", "fields[2]"}) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(path));
  }
  v1::SetPreferencesRequest customer = Withdrawal("r1");
  customer.mutable_address()->set_kind(events::NAME_KIND_CUSTOMER);
  EXPECT_THAT(std::string(Set(customer).status().message()), HasSubstr("address: is no address"));
  EXPECT_THAT(std::string(Set(Withdrawal("")).status().message()), HasSubstr("request_id"));
}

TEST_F(Services, ASenderTakesARequestAndReportsWhatBecameOfIt) {
  Tell(kAna, "m1");
  const auto requests = TakeRequests("begin", 1);
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].request().contact_point().address(), "clear-email:of-customer:ana");

  v1::ReportDeliveryRequest report;
  report.mutable_report()->set_report_id("1");
  report.mutable_report()->set_send_key(requests[0].request().send_key());
  report.mutable_report()->set_status(events::DELIVERY_STATUS_DELIVERED);
  *report.mutable_report()->mutable_occur_time() = requests[0].request().request_time();
  const auto reported = rpc::Call(*outreach_, &v1::OutreachService::Stub::ReportDelivery, report);
  ASSERT_TRUE(reported.ok()) << reported.status();

  v1::GetOutreachRequest get;
  get.set_outreach_id(requests[0].request().outreach_id());
  get.set_token(reported->token());
  const auto found = rpc::Call(*outreach_, &v1::OutreachService::Stub::GetOutreach, get);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->outreach().status(), events::OUTREACH_STATUS_DELIVERED);
  EXPECT_EQ(found->outreach().reports_size(), 1);
}

TEST_F(Services, AReportOfNothingIsRefused) {
  v1::ReportDeliveryRequest report;
  report.mutable_report()->set_report_id("1");
  report.mutable_report()->set_send_key("customer:ana~00000000000000000000000000");
  report.mutable_report()->set_status(events::DELIVERY_STATUS_DELIVERED);
  *report.mutable_report()->mutable_occur_time() = clock::ToProto(absl::FromUnixSeconds(1'700'000'000));
  const auto report_now = [&] { return rpc::Call(*outreach_, &v1::OutreachService::Stub::ReportDelivery, report).status(); };
  EXPECT_EQ(report_now().code(), absl::StatusCode::kNotFound);
  report.mutable_report()->set_send_key("no id");
  report.mutable_report()->clear_occur_time();
  EXPECT_EQ(report_now().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(report_now().message()), HasSubstr("report.occur_time"));
}

TEST_F(Services, AReportOfWhatWasNeverRequestedIsRefusedAtOnce) {
  v1::SetPreferencesRequest suppress = Withdrawal("r1");
  suppress.clear_fields();
  suppress.add_fields("suppressed");
  suppress.mutable_preferences()->set_suppressed(true);
  const absl::StatusOr<v1::SetPreferencesResponse> suppressed = Set(suppress);
  ASSERT_TRUE(suppressed.ok()) << suppressed.status();
  // By the gate, whose address it is; and by the planner, which has no address for it.
  JourneyStory story;
  story.email = suppressed->preferences().address_key();
  Tell("customer:suppressed", "m1", story);
  Tell("customer:unreachable", "m2", {.email = ""});
  for (const char* subject : {"customer:suppressed", "customer:unreachable"}) {
    const events::Outreach dropped = Decided(subject);
    ASSERT_EQ(dropped.status(), events::OUTREACH_STATUS_DROPPED) << dropped.reason();
    v1::ReportDeliveryRequest report;
    report.mutable_report()->set_report_id("1");
    report.mutable_report()->set_send_key(dropped.send_key());
    report.mutable_report()->set_status(events::DELIVERY_STATUS_DELIVERED);
    *report.mutable_report()->mutable_occur_time() = dropped.create_time();
    const absl::Status status = rpc::Call(*outreach_, &v1::OutreachService::Stub::ReportDelivery, report).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(dropped.reason()));
    ASSERT_TRUE(status::ReasonOf(status).has_value());
    EXPECT_EQ(status::ReasonOf(status)->reason, "NOT_REQUESTED");
  }
}

TEST_F(Services, AWatchGoesOnWhereItsTokenSays) {
  for (int i = 0; i < 6; ++i) Tell(absl::StrCat("customer:", i), absl::StrCat("m", i));
  std::set<std::string> seen;
  std::string token = "begin";
  for (int i = 0; i < 6; ++i) {
    const auto next = TakeRequests(token, 1);
    ASSERT_THAT(next, SizeIs(1));
    EXPECT_TRUE(seen.insert(next[0].request().send_key()).second);
    token = next[0].resume_token();
  }
  grpc::ClientContext context;
  v1::WatchOutreachesRequest wrong;
  wrong.set_resume_token(token);
  v1::WatchOutreachesResponse response;
  auto reader = outreach_->WatchOutreaches(&context, wrong);
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(Services, AListGivesEachOutreachOncePageByPage) {
  for (int i = 0; i < 7; ++i) Tell(absl::StrCat("customer:", i), absl::StrCat("m", i));
  ASSERT_THAT(TakeRequests("begin", 7), SizeIs(7));
  std::set<std::string> ids;
  v1::ListOutreachesRequest request;
  request.set_page_size(2);
  int pages = 0;
  do {
    const absl::StatusOr<v1::ListOutreachesResponse> page = List(request);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_LE(page->outreaches_size(), 2);
    for (const events::Outreach& outreach : page->outreaches()) EXPECT_TRUE(ids.insert(outreach.id()).second);
    request.set_page_token(page->next_page_token());
    ASSERT_LT(++pages, 10);
  } while (!request.page_token().empty());
  EXPECT_THAT(ids, SizeIs(7));

  v1::ListOutreachesRequest of_one;
  of_one.mutable_name()->set_kind(events::NAME_KIND_CUSTOMER);
  of_one.mutable_name()->set_value("3");
  ASSERT_THAT(List(of_one)->outreaches(), SizeIs(1));
  EXPECT_EQ(List(of_one)->outreaches(0).subject(), "customer:3");
  of_one.add_statuses(events::OUTREACH_STATUS_DROPPED);
  EXPECT_THAT(List(of_one)->outreaches(), SizeIs(0));
}

TEST_F(Services, APageTokenIsBoundToItsQuery) {
  for (int i = 0; i < 3; ++i) Tell(kAna, absl::StrCat("m", i));
  ASSERT_THAT(TakeRequests("begin", 3), SizeIs(3));
  v1::ListOutreachesRequest request;
  request.set_page_size(1);
  const absl::StatusOr<v1::ListOutreachesResponse> page = List(request);
  ASSERT_TRUE(page.ok()) << page.status();
  request.set_page_token(page->next_page_token());
  ASSERT_NE(request.page_token(), "");
  request.add_statuses(events::OUTREACH_STATUS_REQUESTED);
  EXPECT_EQ(List(request).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace touchstone::outreach
