#include "services/ingestion/touchpoint_stream.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "common/clock/proto_time.h"
#include "common/clock/system_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/names/name_secret.h"
#include "common/rpc/server.h"
#include "common/rpc/to_grpc.h"
#include "common/status/errors.h"
#include "common/stream/topics.h"
#include "services/ingestion/import_registry.h"
#include "services/ingestion/ingestion_service.h"

namespace touchstone::ingestion {
namespace {

namespace events = touchstone::events::v1;
using Stream = grpc::ClientReaderWriter<v1::StreamTouchpointsRequest, v1::StreamTouchpointsResponse>;

// Does something when it is looked at next.
class EventfulClock : public clock::Clock {
 public:
  void AtNextLook(std::function<void()> work) { work_ = std::move(work); }

  absl::Time Now() const override {
    if (const std::function<void()> work = std::exchange(work_, nullptr)) work();
    return clock_.Now();
  }
  absl::Duration Monotonic() const override { return clock_.Monotonic(); }

 private:
  clock::SystemClock clock_;
  mutable std::function<void()> work_;
};

class TouchpointStreamTest : public testing::Test {
 protected:
  TouchpointStreamTest() {
    EXPECT_TRUE(server_.pump().Add(streams_).ok());
    server_.Add(v1::IngestionService::service_full_name(),
                std::make_unique<IngestionService>(*log_, service_clock_, secret_, *imports_, *streams_));
    EXPECT_TRUE(server_.Start().ok());
    // Without retries: an end is seen as it is.
    grpc::ChannelArguments once;
    once.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    stub_ = v1::IngestionService::NewStub(grpc::CreateCustomChannel(server_.address(), grpc::InsecureChannelCredentials(), once));
  }

  // A stop must not have to wait for that.
  static rpc::ServerOptions Patient() {
    rpc::ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.stop_grace = absl::Seconds(30);
    return options;
  }
  v1::StreamTouchpointsRequest Request(int64_t sequence) {
    v1::StreamTouchpointsRequest request;
    request.set_sequence(sequence);
    events::Touchpoint& touchpoint = *request.add_touchpoints();
    touchpoint.set_id("1");
    touchpoint.set_source("shop.web");
    touchpoint.set_type("order.delivered");
    touchpoint.set_channel(events::CHANNEL_WEB);
    events::Name& name = *touchpoint.add_names();
    name.set_kind(events::NAME_KIND_CUSTOMER);
    name.set_value("42");
    *touchpoint.mutable_occur_time() = clock::ToProto(clock_.Now());
    return request;
  }
  // Until what was sent has come to the log.
  void AwaitAppend() {
    const absl::Duration patience = clock_.Monotonic() + absl::Seconds(20);
    while (log_->HighWatermarks({topics::kTouchpoints})->front().front() == 0) {
      ASSERT_LT(clock_.Monotonic(), patience);
      std::this_thread::yield();
    }
  }
  void SyncWhatWasSent() {
    ASSERT_NO_FATAL_FAILURE(AwaitAppend());
    ASSERT_TRUE(log_->Sync().ok());
  }

  clock::SystemClock clock_;
  EventfulClock service_clock_;
  const names::NameSecret secret_ = *names::NameSecret::FromBytes(std::string(names::NameSecret::kBytes, 's'));
  std::unique_ptr<eventlog::MemoryLog> log_ = eventlog::MemoryLog::Open(
      eventlog::MakeMemoryStorage(eventlog::TopicCatalog({{topics::kTouchpoints, 1}, {topics::kControl, 1}}),
                                  eventlog::Durability::kOnSync),
      clock_, "test");
  std::shared_ptr<ImportRegistry> imports_ = *ImportRegistry::Open(*log_);
  std::shared_ptr<OpenStreams> streams_ = std::make_shared<OpenStreams>();
  rpc::Server server_{clock_, Patient()};
  std::unique_ptr<v1::IngestionService::Stub> stub_;
  grpc::ClientContext context_;
  v1::StreamTouchpointsResponse response_;
};

TEST_F(TouchpointStreamTest, AStopEndsAStreamThatWaitsForItsSender) {
  const std::unique_ptr<Stream> stream = stub_->StreamTouchpoints(&context_);
  ASSERT_TRUE(stream->Write(Request(7)));
  ASSERT_NO_FATAL_FAILURE(SyncWhatWasSent());
  ASSERT_TRUE(stream->Read(&response_));
  EXPECT_EQ(response_.sequence(), 7);
  EXPECT_EQ(response_.accepted_count(), 1);
  const absl::Duration begin = clock_.Monotonic();
  server_.Stop();
  EXPECT_LT(clock_.Monotonic() - begin, absl::Seconds(10)) << "nothing is under way that it might wait for";
  EXPECT_FALSE(stream->Read(&response_));
  const absl::Status status = rpc::FromGrpcStatus(stream->Finish());
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("stopping"));
  EXPECT_TRUE(status::RetryDelayOf(status).has_value());
}

TEST_F(TouchpointStreamTest, WhatWasReadBeforeTheStopIsAcknowledgedFirst) {
  const std::unique_ptr<Stream> stream = stub_->StreamTouchpoints(&context_);
  ASSERT_TRUE(stream->Write(Request(7)));
  ASSERT_NO_FATAL_FAILURE(AwaitAppend());
  server_.pump().Close(absl::UnavailableError("stopping"));
  ASSERT_NO_FATAL_FAILURE(SyncWhatWasSent());
  ASSERT_TRUE(stream->Read(&response_)) << "it was cut before its acknowledgement";
  EXPECT_EQ(response_.sequence(), 7);
  EXPECT_FALSE(stream->Read(&response_));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TouchpointStreamTest, WhatIsBeingCheckedAtTheStopIsAcknowledgedFirst) {
  const std::unique_ptr<Stream> stream = stub_->StreamTouchpoints(&context_);
  service_clock_.AtNextLook([&] { server_.pump().Close(absl::UnavailableError("stopping")); });
  ASSERT_TRUE(stream->Write(Request(7)));
  ASSERT_NO_FATAL_FAILURE(SyncWhatWasSent());
  ASSERT_TRUE(stream->Read(&response_)) << "it was cut before its acknowledgement";
  EXPECT_EQ(response_.sequence(), 7);
  EXPECT_FALSE(stream->Read(&response_));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TouchpointStreamTest, AStreamThatComesAfterTheStopIsEndedAtOnce) {
  server_.pump().Close(absl::UnavailableError("stopping"));
  const std::unique_ptr<Stream> stream = stub_->StreamTouchpoints(&context_);
  EXPECT_FALSE(stream->Read(&response_));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TouchpointStreamTest, ASenderThatHasSaidAllIsToldThatItWentWell) {
  const std::unique_ptr<Stream> stream = stub_->StreamTouchpoints(&context_);
  ASSERT_TRUE(stream->Write(Request(1)));
  ASSERT_TRUE(stream->WritesDone());
  ASSERT_NO_FATAL_FAILURE(SyncWhatWasSent());
  ASSERT_TRUE(stream->Read(&response_));
  EXPECT_FALSE(stream->Read(&response_));
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace touchstone::ingestion
