#include "services/process/task_health.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "common/clock/system_clock.h"
#include "common/metrics/prometheus_metrics.h"
#include "common/rpc/client.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "touchstone/classification/v1/journey_service.grpc.pb.h"
#include "touchstone/operations/v1/operations_service.grpc.pb.h"

namespace touchstone::process {
namespace {

using classification::v1::JourneyService;
using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using operations::v1::OperationsService;

rpc::ServerOptions AnyPort() {
  rpc::ServerOptions options;
  options.listen = "127.0.0.1:0";
  return options;
}

class TaskHealthTest : public testing::Test {
 protected:
  TaskHealthTest() {
    server_.Add(JourneyService::service_full_name(), std::make_unique<JourneyService::Service>());
    server_.Add(OperationsService::service_full_name(), std::make_unique<OperationsService::Service>());
    EXPECT_TRUE(server_.Start().ok());
    health_.Add({JourneyService::service_full_name()}, {"journey", "names"});
    health_.Begin(server_);
  }

  bool Serves(const std::string& service) {
    HealthCheckRequest request;
    request.set_service(service);
    const auto stub = Health::NewStub(rpc::MakeChannel(server_.address()));
    const auto answer = rpc::Call(*stub, &Health::Stub::Check, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() && answer->status() == grpc::health::v1::HealthCheckResponse::SERVING;
  }

  clock::SystemClock clock_;
  metrics::PrometheusMetrics metrics_;
  std::vector<bool> told_;  // Whether all run.
  TaskHealth health_{metrics_, [this](bool all_run) { told_.push_back(all_run); }};
  rpc::Server server_{clock_, AnyPort()};
};

TEST_F(TaskHealthTest, AServiceServesWhileAllItsKindsRun) {
  EXPECT_FALSE(Serves(JourneyService::service_full_name())) << "nothing runs yet";
  health_.OnRuns("journey", true);
  EXPECT_FALSE(Serves(JourneyService::service_full_name()));
  health_.OnRuns("names", true);
  EXPECT_TRUE(Serves(JourneyService::service_full_name()));
  EXPECT_TRUE(Serves(""));
  EXPECT_THAT(told_, testing::ElementsAre(false, false, true)) << "at Begin, and with each kind";
  EXPECT_THAT(metrics_.Text(), testing::HasSubstr("touchstone_process_task_kind_runs{kind=\"journey\"} 1"));

  health_.OnRuns("journey", false);
  EXPECT_FALSE(Serves(JourneyService::service_full_name()));
  EXPECT_FALSE(Serves(""));
  EXPECT_FALSE(told_.back());
  EXPECT_TRUE(Serves(OperationsService::service_full_name())) << "it rests on no task: it says what stands still";
  EXPECT_THAT(metrics_.Text(), testing::HasSubstr("touchstone_process_task_kind_runs{kind=\"journey\"} 0"));
}

TEST_F(TaskHealthTest, AStoppingServerIsNotServingWhateverTasksDo) {
  health_.OnRuns("journey", true);
  health_.End();
  server_.SetServing(false);
  health_.OnRuns("names", true);
  EXPECT_FALSE(Serves(JourneyService::service_full_name()));
  EXPECT_FALSE(Serves(""));
}

}  // namespace
}  // namespace touchstone::process
