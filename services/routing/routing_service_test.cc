// Both services as a client meets them: a real server, the memory log, real time.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "common/clock/proto_time.h"
#include "common/clock/system_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/rpc/server.h"
#include "common/rpc/to_grpc.h"
#include "common/status/errors.h"
#include "common/stream/topics.h"
#include "common/stream/worker.h"
#include "services/routing/case_processor.h"
#include "services/routing/desktop_service.h"
#include "services/routing/dispatcher_processor.h"
#include "services/routing/escalation_list.h"
#include "services/routing/escalation_service.h"
#include "services/routing/testing/routing_house.h"

namespace touchstone::routing {
namespace {

namespace events = touchstone::events::v1;

eventlog::TopicCatalog Topics() {
  std::vector<eventlog::TopicSpec> specs;
  for (const char* name : {topics::kTouchpoints, topics::kJourneyEvents, topics::kCases, topics::kDispatch, topics::kEscalations,
                           topics::kOffers, topics::kDeadLetters}) {
    specs.push_back({.name = name, .partitions = 3});
  }
  return eventlog::TopicCatalog(std::move(specs));
}

std::vector<stream::TaskDefinition> Tasks(const std::shared_ptr<const RoutingPolicy>& policy) {
  stream::TaskDefinition cases = CaseTask(policy);
  cases.queries = {EscalationsQuery()};
  return {cases, DispatcherTask(policy)};
}

class Service : public ::testing::Test {
 protected:
  Service()
      : log_(eventlog::MemoryLog::Open(eventlog::MakeMemoryStorage(Topics(), eventlog::Durability::kAtOnce), clock_, "test")),
        worker_(*log_, clock_, Tasks(policy_), {}),
        server_(clock_, {.listen = "127.0.0.1:0"}),
        thread_([this] { Work(); }) {
    server_.Add(v1::EscalationService::service_full_name(),
                std::make_unique<EscalationService>(*log_, worker_, clock_, secret_, server_.pump()));
    server_.Add(v1::DesktopService::service_full_name(),
                *DesktopService::Create(*log_, clock_, server_.pump(), "test", policy_->pool));
    EXPECT_TRUE(server_.Start().ok());
    channel_ = grpc::CreateChannel(server_.address(), grpc::InsecureChannelCredentials());
    escalations_ = v1::EscalationService::NewStub(channel_);
    desktops_ = v1::DesktopService::NewStub(channel_);
  }

  ~Service() override {
    server_.Stop();
    stop_ = true;
    log_->changes().Raise();
    thread_.join();
  }

  void Work() {
    while (!stop_) {
      const uint64_t seen = log_->changes().version();
      if (*worker_.Step()) {
        server_.pump().Wake();
      } else {
        log_->changes().WaitPast(seen, absl::Milliseconds(20));
      }
    }
  }

  static v1::CreateEscalationRequest CreateFor(absl::string_view customer, absl::string_view request_id) {
    v1::CreateEscalationRequest request;
    request.set_request_id(std::string(request_id));
    request.mutable_name()->set_kind(events::NAME_KIND_CUSTOMER);
    request.mutable_name()->set_value(std::string(customer));
    request.set_severity(70);
    request.set_reason("asked to be called");
    request.set_actor("crm");
    return request;
  }

  events::Escalation Create(absl::string_view customer, absl::string_view request_id) {
    grpc::ClientContext context;
    v1::CreateEscalationResponse response;
    const grpc::Status status = escalations_->CreateEscalation(&context, CreateFor(customer, request_id), &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.escalation();
  }

  events::Escalation Get(const std::string& id) {
    grpc::ClientContext context;
    v1::GetEscalationRequest request;
    request.set_escalation_id(id);
    v1::GetEscalationResponse response;
    const grpc::Status status = escalations_->GetEscalation(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.escalation();
  }

  const clock::SystemClock clock_;
  const std::shared_ptr<const RoutingPolicy> policy_ = std::make_shared<RoutingPolicy>(StoryPolicy());
  const names::NameSecret secret_ = *names::NameSecret::FromBytes(std::string(32, 's'));
  std::unique_ptr<eventlog::MemoryLog> log_;
  stream::Worker worker_;
  rpc::Server server_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::EscalationService::Stub> escalations_;
  std::unique_ptr<v1::DesktopService::Stub> desktops_;
};

// A desktop's end of the stream.
class Desktop {
 public:
  Desktop(v1::DesktopService::Stub& stub, absl::string_view agent, absl::string_view token = "")
      : stream_(stub.Connect(&context_)) {
    v1::ConnectRequest request;
    request.mutable_hello()->set_agent_id(std::string(agent));
    request.mutable_hello()->set_resume_token(std::string(token));
    stream_->Write(request);
  }

  void Say(const v1::ConnectRequest& request) { stream_->Write(request); }

  // The next message for which `wanted` holds; an empty one if the stream ends before.
  template <typename Wanted>
  v1::ConnectResponse Next(Wanted wanted) {
    v1::ConnectResponse response;
    while (stream_->Read(&response)) {
      token_ = response.resume_token();
      if (wanted(response)) return response;
    }
    return {};
  }

  v1::Welcome Welcome() {
    return Next([](const v1::ConnectResponse& response) { return response.has_welcome(); }).welcome();
  }
  events::Offer Offer() {
    return Next([](const v1::ConnectResponse& response) { return response.notice().has_offer(); }).notice().offer();
  }
  events::Escalation Work(events::EscalationStatus status) {
    return Next([&](const v1::ConnectResponse& response) { return response.notice().escalation().status() == status; })
        .notice()
        .escalation();
  }
  absl::Status End() {
    Next([](const v1::ConnectResponse&) { return false; });
    return rpc::FromGrpcStatus(stream_->Finish());
  }
  void Cancel() { context_.TryCancel(); }
  const std::string& token() const { return token_; }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ConnectRequest, v1::ConnectResponse>> stream_;
  std::string token_;
};

v1::ConnectRequest AcceptOf(const events::Offer& offer) {
  v1::ConnectRequest request;
  request.mutable_accept()->set_offer_id(offer.id());
  return request;
}

TEST_F(Service, ARepeatGetsTheFirstAnswerAndReadsSeeWhatWasWritten) {
  const events::Escalation first = Create("ana", "r1");
  EXPECT_EQ(first.status(), events::ESCALATION_STATUS_QUEUED);
  EXPECT_EQ(first.subject(), "customer:ana");
  EXPECT_EQ(Create("ana", "r1").SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(Get(first.id()).id(), first.id());
}

TEST_F(Service, BadFieldsAreNamed) {
  grpc::ClientContext context;
  v1::CreateEscalationRequest request = CreateFor("ana", "r1");
  request.set_severity(101);
  request.clear_actor();
  v1::CreateEscalationResponse response;
  const absl::Status status = rpc::FromGrpcStatus(escalations_->CreateEscalation(&context, request, &response));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  std::vector<std::string> paths;
  for (const status::FieldViolation& each : status::FieldViolationsOf(status)) paths.push_back(each.path);
  EXPECT_THAT(paths, ::testing::ElementsAre("actor", "severity"));
}

TEST_F(Service, WhatIsClosedCannotBeCancelled) {
  const events::Escalation open = Create("ana", "r1");
  v1::CancelEscalationRequest request;
  request.set_request_id("c1");
  request.set_escalation_id(open.id());
  request.set_actor("agent:bo");
  request.set_reason("a test order");
  for (const auto& [request_id, code] :
       {std::pair("c1", grpc::OK), std::pair("c1", grpc::OK), std::pair("c2", grpc::FAILED_PRECONDITION)}) {
    grpc::ClientContext context;
    request.set_request_id(request_id);
    v1::CancelEscalationResponse response;
    EXPECT_EQ(escalations_->CancelEscalation(&context, request, &response).error_code(), code) << request_id;
  }
  EXPECT_EQ(Get(open.id()).status(), events::ESCALATION_STATUS_CANCELLED);
}

TEST_F(Service, AListPagesOverAllPartitions) {
  std::set<std::string> made;
  for (int i = 0; i < 12; ++i) made.insert(Create(absl::StrCat("c", i), "r").id());
  std::set<std::string> listed;
  v1::ListEscalationsRequest request;
  request.set_page_size(5);
  for (int page = 0; page < 10; ++page) {
    grpc::ClientContext context;
    v1::ListEscalationsResponse response;
    ASSERT_TRUE(escalations_->ListEscalations(&context, request, &response).ok());
    EXPECT_LE(response.escalations_size(), 5);
    for (const events::Escalation& each : response.escalations()) EXPECT_TRUE(listed.insert(each.id()).second) << "twice";
    request.set_page_token(response.next_page_token());
    if (response.next_page_token().empty()) break;
  }
  EXPECT_EQ(listed, made);
  grpc::ClientContext context;
  v1::ListEscalationsResponse response;
  v1::ListEscalationsRequest of_one;
  of_one.mutable_name()->set_kind(events::NAME_KIND_CUSTOMER);
  of_one.mutable_name()->set_value("c3");
  ASSERT_TRUE(escalations_->ListEscalations(&context, of_one, &response).ok());
  ASSERT_EQ(response.escalations_size(), 1);
  EXPECT_EQ(response.escalations(0).subject(), "customer:c3");
}

TEST_F(Service, AWatchGoesOnFromItsToken) {
  const std::set<std::string> made = {Create("ana", "r1").id(), Create("dan", "r2").id()};
  std::set<std::string> watched;
  std::string token = "begin";
  for (int watch_count = 0; watch_count < 2; ++watch_count) {
    grpc::ClientContext context;
    v1::WatchEscalationsRequest request;
    request.set_resume_token(token);
    auto watch = escalations_->WatchEscalations(&context, request);
    v1::WatchEscalationsResponse response;
    ASSERT_TRUE(watch->Read(&response));
    watched.insert(response.escalation().id());
    token = response.resume_token();
    context.TryCancel();
    watch->Finish();
  }
  EXPECT_EQ(watched, made);
}

TEST_F(Service, ADesktopTakesAnOfferAndResolvesIt) {
  Desktop desktop(*desktops_, "bo");
  EXPECT_GT(desktop.Welcome().session_id(), 0);
  const events::Escalation open = Create("ana", "r1");
  const events::Offer offer = desktop.Offer();
  EXPECT_EQ(offer.escalation_id(), open.id());
  desktop.Say(AcceptOf(offer));
  EXPECT_EQ(desktop.Work(events::ESCALATION_STATUS_ASSIGNED).id(), open.id());
  v1::ConnectRequest resolve;
  resolve.mutable_resolve()->set_escalation_id(open.id());
  desktop.Say(resolve);  // Without a code: refused, and nothing is lost.
  EXPECT_EQ(desktop.Next([](const auto& response) { return response.notice().has_refused(); }).notice().refused().reason(),
            "INVALID_ARGUMENT");
  resolve.mutable_resolve()->set_code(events::RESOLUTION_CODE_SOLVED);
  desktop.Say(resolve);
  EXPECT_EQ(desktop.Work(events::ESCALATION_STATUS_RESOLVED).id(), open.id());
  v1::ConnectRequest goodbye;
  goodbye.mutable_goodbye();
  desktop.Say(goodbye);
  EXPECT_TRUE(desktop.End().ok());
}

TEST_F(Service, ALostStreamResumesWithItsWork) {
  const events::Escalation open = Create("ana", "r1");
  std::string token;
  int64_t session = 0;
  {
    Desktop desktop(*desktops_, "bo");
    session = desktop.Welcome().session_id();
    desktop.Say(AcceptOf(desktop.Offer()));
    desktop.Work(events::ESCALATION_STATUS_ASSIGNED);
    token = desktop.token();
    desktop.Cancel();
    EXPECT_EQ(desktop.End().code(), absl::StatusCode::kCancelled);
  }
  Desktop again(*desktops_, "bo", token);
  const v1::Welcome welcome = again.Welcome();
  EXPECT_TRUE(welcome.resumed());
  EXPECT_GT(welcome.session_id(), session);
  EXPECT_EQ(again.Work(events::ESCALATION_STATUS_ASSIGNED).id(), open.id());
}

TEST_F(Service, ANewerSessionEndsTheOlderStream) {
  Desktop older(*desktops_, "bo");
  older.Welcome();
  Desktop newer(*desktops_, "bo");
  newer.Welcome();
  const absl::Status end = older.End();
  EXPECT_EQ(end.code(), absl::StatusCode::kAborted);
  ASSERT_TRUE(status::ReasonOf(end).has_value());
  EXPECT_EQ(status::ReasonOf(end)->reason, "SESSION_FENCED");
}

TEST_F(Service, AStreamThatDoesNotSayHelloFirstIsEnded) {
  grpc::ClientContext context;
  auto stream = desktops_->Connect(&context);
  v1::ConnectRequest request;
  request.mutable_accept()->set_offer_id("x");
  stream->Write(request);
  EXPECT_EQ(stream->Finish().error_code(), grpc::FAILED_PRECONDITION);
}

}  // namespace
}  // namespace touchstone::routing
