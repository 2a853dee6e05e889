#include "common/rpc/answer.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "common/rpc/to_grpc.h"
#include "google/rpc/error_details.pb.h"
#include "touchstone/operations/v1/operations_service.grpc.pb.h"

namespace touchstone::rpc {
namespace {

namespace operations = touchstone::operations::v1;
using operations::GetStatusRequest;
using operations::GetStatusResponse;
using StatusCompletion = Completion<GetStatusResponse>;

GetStatusResponse Version(absl::string_view version) {
  GetStatusResponse response;
  response.set_version(std::string(version));
  return response;
}

// GetStatus is answered by whatever the test says.
class ScriptedService : public operations::OperationsService::CallbackService {
 public:
  using Script = std::function<grpc::ServerUnaryReactor*(grpc::CallbackServerContext*, GetStatusResponse*)>;
  explicit ScriptedService(Script script) : script_(std::move(script)) {}

  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context, const GetStatusRequest*,
                                      GetStatusResponse* response) override {
    return script_(context, response);
  }

 private:
  Script script_;
};

// A real server on loopback, and a channel to it.
class Loopback {
 public:
  explicit Loopback(ScriptedService::Script script) : service_(std::move(script)) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = operations::OperationsService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  }

  operations::OperationsService::Stub& stub() { return *stub_; }
  void StopAtOnce() { server_->Shutdown(gpr_now(GPR_CLOCK_MONOTONIC)); }

  absl::StatusOr<GetStatusResponse> Call() {
    grpc::ClientContext context;
    GetStatusResponse response;
    const grpc::Status status = stub_->GetStatus(&context, GetStatusRequest(), &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }

 private:
  ScriptedService service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<operations::OperationsService::Stub> stub_;
};

// Where a test's handler leaves its completion, and the test finds it.
class Handover {
 public:
  void Put(StatusCompletion completion) {
    const std::lock_guard<std::mutex> lock(mutex_);
    completion_.emplace(std::move(completion));
    changed_.notify_all();
  }
  StatusCompletion Take() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return completion_.has_value(); });
    StatusCompletion taken = *std::move(completion_);
    completion_.reset();
    return taken;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<StatusCompletion> completion_;
};

TEST(Answer, AStatusThatTheHandlerReturns) {
  Loopback server([](auto* context, auto* response) {
    return Answer(context, response, [&]() -> absl::Status {
      response->set_version("1");
      return absl::OkStatus();
    });
  });
  ASSERT_TRUE(server.Call().ok());
  EXPECT_EQ(server.Call()->version(), "1");
}

TEST(Answer, AResponseThatTheHandlerReturns) {
  Loopback server([](auto* context, auto* response) {
    return Answer(context, response, [&]() -> absl::StatusOr<GetStatusResponse> { return Version("2"); });
  });
  ASSERT_TRUE(server.Call().ok());
  EXPECT_EQ(server.Call()->version(), "2");
}

TEST(Answer, AnErrorTravelsWithItsDetailsAndPushback) {
  Loopback server([](auto* context, auto* response) {
    return Answer(context, response, [&]() -> absl::Status {
      absl::Status status = absl::ResourceExhaustedError("too much in flight; come back in 2 s");
      google::rpc::RetryInfo retry;
      retry.mutable_retry_delay()->set_seconds(2);
      status.SetPayload("type.googleapis.com/google.rpc.RetryInfo", absl::Cord(retry.SerializeAsString()));
      return status;
    });
  });
  grpc::ClientContext context;
  GetStatusResponse response;
  const grpc::Status status = server.stub().GetStatus(&context, GetStatusRequest(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(FromGrpcStatus(status).GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value());
  const auto pushback = context.GetServerTrailingMetadata().find("grpc-retry-pushback-ms");
  ASSERT_NE(pushback, context.GetServerTrailingMetadata().end());
  EXPECT_EQ(std::string(pushback->second.data(), pushback->second.size()), "2000");
}

TEST(Answer, ACompletionAnswersLaterFromAnotherThread) {
  Handover handover;
  Loopback server([&](auto* context, auto* response) {
    return Answer(context, response, [&](StatusCompletion& done) -> absl::Status {
      handover.Put(std::move(done));
      return absl::OkStatus();
    });
  });
  std::thread log([&] { handover.Take()(Version("durable")); });
  const absl::StatusOr<GetStatusResponse> response = server.Call();
  log.join();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->version(), "durable");
}

TEST(Answer, AnErrorBeforeTheWorkBeganIsTheAnswer) {
  Loopback server([](auto* context, auto* response) {
    return Answer(context, response,
                  [&](StatusCompletion&) -> absl::Status { return absl::InvalidArgumentError("touchpoint: required"); });
  });
  EXPECT_EQ(server.Call().status(), absl::InvalidArgumentError("touchpoint: required"));
}

TEST(Answer, ADroppedCompletionAnswersInternal) {
  Loopback server([](auto* context, auto* response) {
    return Answer(context, response, [&](StatusCompletion& done) -> absl::Status {
      const StatusCompletion forgotten = std::move(done);
      return absl::OkStatus();
    });
  });
  EXPECT_EQ(server.Call().status().code(), absl::StatusCode::kInternal);
}

TEST(Answer, OnlyTheFirstAnswerCounts) {
  Loopback server([](auto* context, auto* response) {
    return Answer(context, response, [&](StatusCompletion& done) -> absl::Status {
      done(Version("first"));
      done(Version("second"));
      return absl::InternalError("third");
    });
  });
  const absl::StatusOr<GetStatusResponse> response = server.Call();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->version(), "first");
}

TEST(Answer, AfterTheDeadlineTheCompletionIsHarmless) {
  Handover handover;
  Loopback server([&](auto* context, auto* response) {
    return Answer(context, response, [&](StatusCompletion& done) -> absl::Status {
      handover.Put(std::move(done));
      return absl::OkStatus();
    });
  });
  grpc::ClientContext context;
  context.set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(100, GPR_TIMESPAN)));
  GetStatusResponse response;
  const grpc::Status status = server.stub().GetStatus(&context, GetStatusRequest(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  StatusCompletion late = handover.Take();
  EXPECT_LT(late.Deadline(), absl::InfiniteFuture());
  while (!late.Cancelled()) std::this_thread::yield();
  late(Version("late"));
  EXPECT_FALSE(late);
}

TEST(Answer, WithoutADeadlineThereIsNone) {
  absl::Time deadline;
  Loopback server([&](auto* context, auto* response) {
    deadline = DeadlineOf(*context);
    return Answer(context, response, [] { return absl::OkStatus(); });
  });
  ASSERT_TRUE(server.Call().ok());
  EXPECT_EQ(deadline, absl::InfiniteFuture());
}

TEST(Answer, AStoppedServerDoesNotWaitForACompletion) {
  Handover handover;
  Loopback server([&](auto* context, auto* response) {
    return Answer(context, response, [&](StatusCompletion& done) -> absl::Status {
      handover.Put(std::move(done));
      return absl::OkStatus();
    });
  });
  absl::StatusOr<GetStatusResponse> response = absl::UnknownError("not yet");
  std::thread client([&] { response = server.Call(); });
  StatusCompletion held = handover.Take();
  server.StopAtOnce();  // Hangs here if it waited.
  client.join();
  EXPECT_FALSE(response.ok());
  held(Version("after the end"));
}

// Cancels race answers: under a sanitizer this shows a response written after its call ended.
TEST(Answer, CancelsAndAnswersMayRace) {
  Handover handover;
  Loopback server([&](auto* context, auto* response) {
    return Answer(context, response, [&](StatusCompletion& done) -> absl::Status {
      handover.Put(std::move(done));
      return absl::OkStatus();
    });
  });
  int answered = 0;
  for (int i = 0; i < 300; ++i) {
    grpc::ClientContext context;
    std::thread client([&] {
      GetStatusResponse response;
      if (server.stub().GetStatus(&context, GetStatusRequest(), &response).ok()) ++answered;
    });
    StatusCompletion done = handover.Take();
    std::thread canceller([&] { context.TryCancel(); });
    done(Version("either"));
    canceller.join();
    client.join();
  }
  SUCCEED() << answered << " of 300 were answered before they were cancelled";
}

}  // namespace
}  // namespace touchstone::rpc
