#include "common/rpc/call_metrics.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/support/byte_buffer.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/clock/system_clock.h"
#include "common/metrics/prometheus_metrics.h"
#include "common/rpc/answer.h"
#include "common/rpc/client.h"
#include "common/rpc/server.h"
#include "touchstone/classification/v1/journey_service.grpc.pb.h"
#include "touchstone/operations/v1/operations_service.grpc.pb.h"

namespace touchstone::rpc {
namespace {

using classification::v1::JourneyService;
using classification::v1::WatchJourneyEventsRequest;
using classification::v1::WatchJourneyEventsResponse;
using operations::v1::GetStatusRequest;
using operations::v1::GetStatusResponse;
using operations::v1::ListDeadLettersRequest;
using operations::v1::ListDeadLettersResponse;
using operations::v1::OperationsService;
using ::testing::HasSubstr;
using ::testing::Not;

class StatusService final : public OperationsService::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context, const GetStatusRequest*,
                                      GetStatusResponse* response) override {
    return Answer(context, response, [] { return absl::OkStatus(); });
  }
  grpc::ServerUnaryReactor* ListDeadLetters(grpc::CallbackServerContext* context, const ListDeadLettersRequest*,
                                            ListDeadLettersResponse* response) override {
    return Answer(context, response, [] { return absl::InvalidArgumentError("page_size: is wrong"); });
  }
};

// Ends each watch at once.
class EndingWatch final : public JourneyService::CallbackService {
 public:
  grpc::ServerWriteReactor<WatchJourneyEventsResponse>* WatchJourneyEvents(grpc::CallbackServerContext*,
                                                                           const WatchJourneyEventsRequest*) override {
    class Reactor final : public grpc::ServerWriteReactor<WatchJourneyEventsResponse> {
     public:
      Reactor() { Finish(grpc::Status(grpc::StatusCode::ABORTED, "restarting")); }
      void OnDone() override { delete this; }
    };
    return new Reactor();
  }
};

void CallMadeUpMethod(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareUnaryCall(&context, "/made.up.Service/Secret", grpc::ByteBuffer(), &queue);
  call->StartCall();
  grpc::ByteBuffer response;
  grpc::Status status;
  call->Finish(&response, &status, &queue);
  void* tag = nullptr;
  bool ok = false;
  EXPECT_TRUE(queue.Next(&tag, &ok));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST(CallMetrics, CountsCallsByMethodAndCodeAndNothingThatCallersMakeUp) {
  const clock::SystemClock clock;
  metrics::PrometheusMetrics metrics;
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.metrics = &metrics;
  Server server(clock, options);
  server.Add(OperationsService::service_full_name(), std::make_unique<StatusService>());
  server.Add(JourneyService::service_full_name(), std::make_unique<EndingWatch>());
  ASSERT_TRUE(server.Start().ok());
  const auto channel = Connect(server.address());
  ASSERT_TRUE(channel.ok());
  const auto stub = OperationsService::NewStub(*channel);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Call(*stub, &OperationsService::Stub::GetStatus, GetStatusRequest()).ok());
  EXPECT_FALSE(Call(*stub, &OperationsService::Stub::ListDeadLetters, ListDeadLettersRequest()).ok());
  CallMadeUpMethod(*channel);
  grpc::ClientContext context;
  const auto watch = JourneyService::NewStub(*channel)->WatchJourneyEvents(&context, WatchJourneyEventsRequest());
  WatchJourneyEventsResponse event;
  EXPECT_FALSE(watch->Read(&event));
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::ABORTED);
  // Once it has stopped, every call's status has been told.
  server.Stop();

  const std::string text = metrics.Text();
  const std::string service = "method=\"touchstone.operations.v1.OperationsService/";
  EXPECT_THAT(text, HasSubstr("touchstone_rpc_calls_total{code=\"OK\"," + service + "GetStatus\"} 3"));
  EXPECT_THAT(text, HasSubstr("touchstone_rpc_calls_total{code=\"INVALID_ARGUMENT\"," + service + "ListDeadLetters\"} 1"));
  EXPECT_THAT(text, HasSubstr("touchstone_rpc_call_seconds_count{" + service + "GetStatus\"} 3"));
  EXPECT_THAT(text, Not(HasSubstr("made.up")));
  EXPECT_THAT(text, HasSubstr("touchstone_rpc_calls_total{code=\"UNIMPLEMENTED\",method=\"other\"} 1"));
  // A stream is counted; how long its client stayed says nothing of the server.
  const std::string watches = "method=\"touchstone.classification.v1.JourneyService/WatchJourneyEvents\"";
  EXPECT_THAT(text, HasSubstr("touchstone_rpc_calls_total{code=\"ABORTED\"," + watches + "} 1"));
  EXPECT_THAT(text, HasSubstr("touchstone_rpc_call_seconds_count{" + watches + "} 0"));
}

}  // namespace
}  // namespace touchstone::rpc
