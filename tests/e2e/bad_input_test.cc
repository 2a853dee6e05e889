// What anybody can send to the port of a real suite: each is refused in words that help, and the suite serves on.

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <signal.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "common/clock/proto_time.h"
#include "common/clock/system_clock.h"
#include "common/rpc/client.h"
#include "common/status/errors.h"
#include "tests/e2e/suite_process.h"
#include "touchstone/classification/v1/journey_service.grpc.pb.h"
#include "touchstone/ingestion/v1/ingestion_service.grpc.pb.h"
#include "touchstone/operations/v1/operations_service.grpc.pb.h"

namespace touchstone::e2e {
namespace {

namespace events = touchstone::events::v1;
using absl::StatusCode;
using ingestion::v1::IngestionService;
using operations::v1::OperationsService;
using testing::HasSubstr;

constexpr absl::Duration kWithin = absl::Seconds(20);
constexpr char kIngestOne[] = "/touchstone.ingestion.v1.IngestionService/IngestTouchpoint";

class BadInputTest : public testing::Test {
 protected:
  void SetUp() override {
    suite_ = std::make_unique<SuiteProcess>(folder_ / "socket", folder_ / "said",
                                            std::vector<std::string>{"--data-dir", folder_ / "data"});
    ASSERT_TRUE(suite_->AwaitReady(kWithin));
    auto channel = rpc::Connect(suite_->address());
    ASSERT_TRUE(channel.ok()) << channel.status();
    channel_ = *std::move(channel);
    ingestion_ = IngestionService::NewStub(channel_);
  }

  void TearDown() override {
    // Whatever it was: it serves on, and stops as it should.
    EXPECT_TRUE(Ingest(Good("after all")).ok());
    ingestion_.reset();
    channel_.reset();
    suite_->Signal(SIGTERM);
    EXPECT_EQ(suite_->Wait(), 0);
  }

  events::Touchpoint Good(const std::string& id) {
    events::Touchpoint touchpoint;
    touchpoint.set_id(id);
    touchpoint.set_source("shop");
    touchpoint.set_type("order.purchased");
    touchpoint.set_channel(events::CHANNEL_WEB);
    *touchpoint.mutable_occur_time() = clock::ToProto(clock_.Now());
    events::Name& name = *touchpoint.add_names();
    name.set_kind(events::NAME_KIND_CUSTOMER);
    name.set_value("42");
    return touchpoint;
  }

  absl::StatusOr<ingestion::v1::IngestTouchpointResponse> Ingest(const events::Touchpoint& touchpoint) {
    ingestion::v1::IngestTouchpointRequest request;
    *request.mutable_touchpoint() = touchpoint;
    return rpc::Call(*ingestion_, &IngestionService::Stub::IngestTouchpoint, request, kWithin);
  }

  // The answer to bytes that no library of ours would write.
  absl::Status CallRaw(const std::string& bytes) {
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    rpc::SetTimeout(context, kWithin);
    grpc::CompletionQueue queue;
    const grpc::Slice slice(bytes);
    const auto call = stub.PrepareUnaryCall(&context, kIngestOne, grpc::ByteBuffer(&slice, 1), &queue);
    call->StartCall();
    grpc::ByteBuffer response;
    grpc::Status status;
    call->Finish(&response, &status, this);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return rpc::FromGrpcStatus(status);
  }

  std::string RequestBytes(const events::Touchpoint& touchpoint) {
    ingestion::v1::IngestTouchpointRequest request;
    *request.mutable_touchpoint() = touchpoint;
    return request.SerializeAsString();
  }

  TestFolder folder_;
  const clock::SystemClock clock_;
  std::unique_ptr<SuiteProcess> suite_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<IngestionService::Stub> ingestion_;
};

TEST_F(BadInputTest, BytesThatAreNoMessage) {
  const std::string whole = RequestBytes(Good("a"));
  for (const size_t length : {whole.size() - 1, whole.size() / 2, size_t{3}, size_t{1}}) {
    const absl::Status status = CallRaw(whole.substr(0, length));
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << length << ": " << status;
  }
  EXPECT_EQ(CallRaw(std::string(1000, '\xff')).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(CallRaw("").code(), StatusCode::kInvalidArgument);
}

TEST_F(BadInputTest, TextThatIsNoUtf8NamesItsField) {
  events::Touchpoint touchpoint = Good("a");
  touchpoint.set_topic("XXXX");
  const absl::Status status = CallRaw(absl::StrReplaceAll(RequestBytes(touchpoint), {{"XXXX", "\xff\xfe\xc3\x28"}}));
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << status;
  EXPECT_THAT(status.ToString(), HasSubstr("topic"));
}

TEST_F(BadInputTest, AMessageThatIsTooLarge) {
  events::Touchpoint touchpoint = Good("a");
  touchpoint.set_text(std::string(5 << 20, 'x'));
  EXPECT_EQ(Ingest(touchpoint).status().code(), StatusCode::kResourceExhausted);
  touchpoint.set_text(std::string(65 << 10, 'x'));
  const absl::Status status = Ingest(touchpoint).status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << status;
  EXPECT_THAT(status.ToString(), HasSubstr("touchpoint"));
}

TEST_F(BadInputTest, WhatNoTouchpointMaySay) {
  const auto refused = [this](absl::string_view field, auto spoil) {
    events::Touchpoint touchpoint = Good("a");
    spoil(touchpoint);
    const absl::Status status = Ingest(touchpoint).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << field << ": " << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(field)));
  };
  refused("channel", [](events::Touchpoint& t) { t.set_channel(static_cast<events::Channel>(4711)); });
  refused("outcome", [](events::Touchpoint& t) { t.set_outcome(static_cast<events::Outcome>(99)); });
  refused("occur_time", [](events::Touchpoint& t) { t.mutable_occur_time()->set_seconds(253370764800); });  // Year 9999.
  refused("occur_time", [](events::Touchpoint& t) { t.mutable_occur_time()->set_seconds(-1); });
  refused("attributes", [](events::Touchpoint& t) {
    for (int i = 0; i < 65; ++i) (*t.mutable_attributes())[absl::StrCat("a", i)].set_integer(i);
  });
  refused("at most 65536", [](events::Touchpoint& t) {
    for (int i = 0; i < 10'000; ++i) (*t.mutable_attributes())[absl::StrCat("a", i)].set_integer(i);
  });
  refused("names", [](events::Touchpoint& t) { t.clear_names(); });
  refused("caused_by.depth", [](events::Touchpoint& t) {
    t.mutable_caused_by()->set_kind(events::CAUSE_KIND_OUTREACH);
    t.mutable_caused_by()->set_id("x");
    t.mutable_caused_by()->set_depth(9);
  });
}

TEST_F(BadInputTest, ABadOneAmongGoodOnesIsRefusedAlone) {
  ingestion::v1::IngestTouchpointsRequest request;
  *request.add_touchpoints() = Good("a");
  *request.add_touchpoints() = Good("");
  *request.add_touchpoints() = Good("c");
  const auto response = rpc::Call(*ingestion_, &IngestionService::Stub::IngestTouchpoints, request, kWithin);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->results_size(), 3);
  EXPECT_EQ(response->results(0).status().code(), 0);
  EXPECT_EQ(response->results(1).status().code(), static_cast<int>(StatusCode::kInvalidArgument));
  EXPECT_THAT(response->results(1).status().message(), HasSubstr("touchpoints[1].id"));
  EXPECT_EQ(response->results(2).status().code(), 0);
}

TEST_F(BadInputTest, TheSameIdWithOtherContentIsADeadLetter) {
  ASSERT_TRUE(Ingest(Good("a")).ok());
  events::Touchpoint other = Good("a");
  other.set_topic("something else");
  const auto taken = Ingest(other);
  ASSERT_TRUE(taken.ok()) << taken.status();

  // The token of the write: its effects are in when this answers.
  classification::v1::GetJourneyRequest get;
  *get.mutable_name() = Good("a").names(0);
  get.set_token(taken->token());
  const auto journeys = classification::v1::JourneyService::NewStub(channel_);
  const auto journey = rpc::Call(*journeys, &classification::v1::JourneyService::Stub::GetJourney, get, kWithin);
  ASSERT_TRUE(journey.ok()) << journey.status();
  ASSERT_EQ(journey->journey().touchpoints_size(), 1);
  EXPECT_EQ(journey->journey().touchpoints(0).touchpoint().topic(), "") << "the first word holds";

  const auto operations = OperationsService::NewStub(channel_);
  operations::v1::ListDeadLettersRequest list;
  list.set_reason("CONFLICTING_CONTENT");
  const auto letters = rpc::Call(*operations, &OperationsService::Stub::ListDeadLetters, list, kWithin);
  ASSERT_TRUE(letters.ok()) << letters.status();
  ASSERT_EQ(letters->dead_letters_size(), 1);
  EXPECT_EQ(letters->dead_letters(0).reason(), "CONFLICTING_CONTENT");
}

}  // namespace
}  // namespace touchstone::e2e
