#include "common/rpc/server.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/clock/system_clock.h"
#include "common/rpc/answer.h"
#include "common/rpc/calls_in_progress.h"
#include "common/rpc/client.h"
#include "common/rpc/grpc_log.h"
#include "common/runtime/json_log.h"
#include "common/status/errors.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "touchstone/classification/v1/journey_service.grpc.pb.h"
#include "touchstone/operations/v1/operations_service.grpc.pb.h"

namespace touchstone::rpc {
namespace {

using classification::v1::JourneyService;
using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using operations::v1::GetStatusRequest;
using operations::v1::GetStatusResponse;
using operations::v1::ListDeadLettersRequest;
using operations::v1::ListDeadLettersResponse;
using operations::v1::OperationsService;
using testing::HasSubstr;

class StatusService final : public OperationsService::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context, const GetStatusRequest*,
                                      GetStatusResponse* response) override {
    return Answer(context, response, [&] {
      response->set_version("here");
      return absl::OkStatus();
    });
  }

  // Fails as often as the page size says, then answers.
  grpc::ServerUnaryReactor* ListDeadLetters(grpc::CallbackServerContext* context, const ListDeadLettersRequest* request,
                                            ListDeadLettersResponse* response) override {
    return Answer(context, response, [&]() -> absl::Status {
      if (++calls_ > request->page_size()) return absl::OkStatus();
      return status::WithRetry(absl::UnavailableError("not yet"), absl::Milliseconds(1));
    });
  }

 private:
  std::atomic<int> calls_{0};
};

ServerOptions AnyPort() {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.stop_grace = absl::Milliseconds(200);
  return options;
}

class ServerTest : public testing::Test {
 protected:
  absl::StatusOr<HealthCheckResponse> Check(const std::string& service) {
    HealthCheckRequest request;
    request.set_service(service);
    auto stub = Health::NewStub(MakeChannel(server_.address()));
    return Call(*stub, &Health::Stub::Check, request);
  }

  clock::SystemClock clock_;
  Server server_{clock_, AnyPort()};
};

TEST_F(ServerTest, ReportsThePortItFoundAndAnswers) {
  server_.Add(OperationsService::service_full_name(), std::make_unique<StatusService>());
  ASSERT_TRUE(server_.Start().ok());
  EXPECT_THAT(server_.address(), testing::MatchesRegex("127.0.0.1:[1-9][0-9]+"));
  auto channel = Connect(server_.address());
  ASSERT_TRUE(channel.ok()) << channel.status();
  auto stub = OperationsService::NewStub(*channel);
  const auto status = Call(*stub, &OperationsService::Stub::GetStatus, GetStatusRequest());
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->version(), "here");
}

TEST_F(ServerTest, ClientsTryAgainWhenTheServerSaysSo) {
  server_.Add(OperationsService::service_full_name(), std::make_unique<StatusService>());
  ASSERT_TRUE(server_.Start().ok());
  auto stub = OperationsService::NewStub(MakeChannel(server_.address()));
  ListDeadLettersRequest fails_twice;
  fails_twice.set_page_size(2);
  EXPECT_TRUE(Call(*stub, &OperationsService::Stub::ListDeadLetters, fails_twice).ok());
  ListDeadLettersRequest fails_on;
  fails_on.set_page_size(1000);
  const absl::Status status = Call(*stub, &OperationsService::Stub::ListDeadLetters, fails_on).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status::RetryDelayOf(status), absl::Milliseconds(1));
}

TEST_F(ServerTest, APortInUseIsNoticedAndNamed) {
  ASSERT_TRUE(server_.Start().ok());
  ServerOptions same = AnyPort();
  same.listen = server_.address();
  std::string lines;
  runtime::JsonLog log(clock_, runtime::LogLevel::kInfo, [&](absl::string_view line) { lines += std::string(line); });
  GrpcLog grpc_log(&log);
  Server second(clock_, same);
  const absl::Status status = second.Start();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(),
            absl::StrCat("address ", server_.address(), " is in use: another touchstone runs there, or choose --listen"));
  EXPECT_THAT(lines, HasSubstr("\"level\":\"warning\",\"event\":\"library.grpc\"")) << "gRPC's own words are a log record";
}

TEST_F(ServerTest, ASocketFileInUseIsNotTakenOver) {
  char folder[] = "/tmp/rpc_server_test.XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  ServerOptions options = AnyPort();
  options.listen = absl::StrCat("unix:", folder, "/s");
  {
    Server first(clock_, options);
    ASSERT_TRUE(first.Start().ok());
    EXPECT_EQ(first.address(), options.listen);
    EXPECT_TRUE(Connect(first.address()).ok());
    Server second(clock_, options);
    EXPECT_THAT(std::string(second.Start().message()), HasSubstr("is in use"));
    EXPECT_TRUE(Connect(first.address()).ok());
  }
  remove(absl::StrCat(folder, "/s").c_str());
  remove(folder);
}

TEST_F(ServerTest, AFolderThatIsNotThereIsSaid) {
  ServerOptions options = AnyPort();
  options.listen = "unix:/nowhere/at/all/s";
  Server server(clock_, options);
  EXPECT_THAT(std::string(server.Start().message()), HasSubstr("cannot listen at unix:/nowhere/at/all/s"));
}

TEST_F(ServerTest, HealthIsNotServingUntilTold) {
  server_.Add(OperationsService::service_full_name(), std::make_unique<StatusService>());
  ASSERT_TRUE(server_.Start().ok());
  const std::string name = OperationsService::service_full_name();
  EXPECT_EQ(Check("")->status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Check(name)->status(), HealthCheckResponse::NOT_SERVING);
  server_.SetServing(name, true);
  EXPECT_EQ(Check(name)->status(), HealthCheckResponse::SERVING);
  EXPECT_EQ(Check("")->status(), HealthCheckResponse::NOT_SERVING);
  server_.SetServing(true);
  EXPECT_EQ(Check("")->status(), HealthCheckResponse::SERVING);
  EXPECT_EQ(Check("no.such.Service").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ServerTest, HealthCanBeWatched) {
  ASSERT_TRUE(server_.Start().ok());
  auto stub = Health::NewStub(MakeChannel(server_.address()));
  grpc::ClientContext context;
  auto reader = stub->Watch(&context, HealthCheckRequest());
  HealthCheckResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  server_.SetServing(true);
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  server_.Stop();
  while (reader->Read(&response)) EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ServerTest, AMessageAboveTheLimitIsRefused) {
  server_.Add(OperationsService::service_full_name(), std::make_unique<StatusService>());
  ASSERT_TRUE(server_.Start().ok());
  auto stub = OperationsService::NewStub(MakeChannel(server_.address()));
  ListDeadLettersRequest request;
  request.set_reason(std::string((1 << 20) + 1, 'x'));
  EXPECT_EQ(Call(*stub, &OperationsService::Stub::ListDeadLetters, request).status().code(),
            absl::StatusCode::kResourceExhausted);
}

// The status of a unary call with these bytes.
grpc::Status CallWith(const std::string& address, const std::string& method, const std::string& bytes) {
  grpc::GenericStub stub(MakeChannel(address));
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const grpc::Slice slice(bytes);
  const auto call = stub.PrepareUnaryCall(&context, method, grpc::ByteBuffer(&slice, 1), &queue);
  call->StartCall();
  grpc::ByteBuffer response;
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return status;
}

TEST_F(ServerTest, ARequestThatCannotBeParsedIsToldSo) {
  server_.Add(OperationsService::service_full_name(), std::make_unique<StatusService>());
  server_.Add(JourneyService::service_full_name(), std::make_unique<JourneyService::CallbackService>());
  ASSERT_TRUE(server_.Start().ok());
  const std::string garbage(100, '\xff');
  for (const char* method :
       {"operations.v1.OperationsService/ListDeadLetters", "classification.v1.JourneyService/WatchJourneyEvents"}) {
    const grpc::Status status = CallWith(server_.address(), absl::StrCat("/touchstone.", method), garbage);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << method << ": " << status.error_message();
    EXPECT_THAT(status.error_message(), testing::ContainsRegex("no touchstone[a-zA-Z.1]*Request: truncated"));
  }
  EXPECT_EQ(CallWith(server_.address(), "/touchstone.operations.v1.OperationsService/NoSuch", garbage).error_code(),
            grpc::StatusCode::UNIMPLEMENTED)
      << "there is no such method";
}

// Whoever has no call in progress has nothing to be waited for.
class ServerStopTest : public testing::Test {
 protected:
  static ServerOptions Patient() {
    ServerOptions options = AnyPort();
    options.stop_grace = absl::Seconds(30);
    return options;
  }
  // How long a stop takes.
  absl::Duration Stop() {
    const absl::Duration begin = clock_.Monotonic();
    server_.Stop();
    return clock_.Monotonic() - begin;
  }
  // A socket connected to the server, which sends this and reads nothing.
  int ConnectAndSay(absl::string_view bytes) {
    const int port = std::stoi(server_.address().substr(server_.address().rfind(':') + 1));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::write(client, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    return client;
  }

  clock::SystemClock clock_;
  Server server_{clock_, Patient()};
};

TEST_F(ServerStopTest, DoesNotWaitForAnIdleClient) {
  server_.Add(OperationsService::service_full_name(), std::make_unique<StatusService>());
  ASSERT_TRUE(server_.Start().ok());
  auto channel = Connect(server_.address());
  ASSERT_TRUE(channel.ok()) << channel.status();
  auto stub = OperationsService::NewStub(*channel);
  ASSERT_TRUE(Call(*stub, &OperationsService::Stub::GetStatus, GetStatusRequest()).ok());
  EXPECT_LT(Stop(), absl::Seconds(2));
}

TEST_F(ServerStopTest, DoesNotWaitForOneThatSaysNothing) {
  ASSERT_TRUE(server_.Start().ok());
  const int client = ConnectAndSay("");
  EXPECT_LT(Stop(), absl::Seconds(5));
  ::close(client);
}

TEST_F(ServerStopTest, DoesNotWaitForOneThatAnswersNoPing) {
  ASSERT_TRUE(server_.Start().ok());
  // HTTP/2's preface and an empty SETTINGS frame.
  const int client = ConnectAndSay(absl::string_view("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33));
  char first = 0;
  ASSERT_EQ(::read(client, &first, 1), 1) << "the server's own preface";
  EXPECT_LT(Stop(), absl::Seconds(5));
  ::close(client);
}

// Keeps a call until it is told to answer.
class HeldService final : public OperationsService::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context, const GetStatusRequest*,
                                      GetStatusResponse* response) override {
    return Answer(context, response, [&](Completion<GetStatusResponse>& done) -> absl::Status {
      held_.set_value(std::move(done));
      return absl::OkStatus();
    });
  }
  Completion<GetStatusResponse> Held() { return held_.get_future().get(); }

 private:
  std::promise<Completion<GetStatusResponse>> held_;
};

TEST_F(ServerStopTest, WaitsForACallInProgress) {
  auto service = std::make_unique<HeldService>();
  HeldService& held = *service;
  server_.Add(OperationsService::service_full_name(), std::move(service));
  ASSERT_TRUE(server_.Start().ok());
  auto stub = OperationsService::NewStub(MakeChannel(server_.address()));
  EXPECT_EQ(CallsInProgress(), 0);
  absl::StatusOr<GetStatusResponse> answer;
  std::thread calling([&] { answer = Call(*stub, &OperationsService::Stub::GetStatus, GetStatusRequest()); });
  Completion<GetStatusResponse> done = held.Held();
  EXPECT_EQ(CallsInProgress(), 1);
  std::thread stopping([&] { server_.Stop(); });
  GetStatusResponse response;
  response.set_version("late");
  done(std::move(response));
  calling.join();
  stopping.join();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->version(), "late");
  EXPECT_EQ(CallsInProgress(), 0);
}

TEST(CallsInProgress, AreWhatHasBegunAndNotEnded) {
  EXPECT_EQ(CallsInProgressOf(R"({"end":true,"server":[{"data":{},"ref":{"serverId":"1"}}]})"), 0);
  EXPECT_EQ(CallsInProgressOf(R"({"server":[{"data":{"callsFailed":"2","callsStarted":"17","callsSucceeded":"12",)"
                              R"("lastCallStartedTimestamp":"2026-01-01T00:00:00Z"}},{"data":{"callsStarted":"1"}}]})"),
            4);
}

TEST(Connect, NobodyThereIsSaidAtOnce) {
  clock::SystemClock clock;
  std::string address;
  {
    Server gone(clock, AnyPort());
    ASSERT_TRUE(gone.Start().ok());
    address = gone.address();
  }
  const absl::Duration before = clock.Monotonic();
  const auto channel = Connect(address, absl::Seconds(30));
  EXPECT_EQ(channel.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(channel.status().message()), HasSubstr(absl::StrCat("nothing listens at ", address)));
  EXPECT_LT(clock.Monotonic() - before, absl::Seconds(15)) << "a refusal is not waited out";
}

TEST(Server, ListensForOthersOnlyIfToldInWords) {
  const clock::SystemClock clock;
  ServerOptions options = AnyPort();
  options.listen = "0.0.0.0:0";
  Server refused(clock, options);
  EXPECT_EQ(refused.Start().code(), absl::StatusCode::kInvalidArgument);
  options.allow_remote_plaintext = "yes, without TLS";
  Server told(clock, options);
  EXPECT_TRUE(told.Start().ok());
}

}  // namespace
}  // namespace touchstone::rpc
