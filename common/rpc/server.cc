#include "common/rpc/server.h"

#include <grpc/grpc.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include <future>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/call_metrics.h"
#include "common/rpc/calls_in_progress.h"
#include "common/rpc/listen_address.h"
#include "common/status/errors.h"
#include "common/status/invariant.h"
#include "common/status/macros.h"

namespace touchstone::rpc {
namespace {

// At a stop: how often it is looked whether calls are in progress, and after how many looks without any nobody is waited for.
// What was answered last has time to be read.
constexpr absl::Duration kLookEvery = absl::Milliseconds(20);
constexpr int kQuietLooks = 10;

int Milliseconds(absl::Duration duration) { return static_cast<int>(absl::ToInt64Milliseconds(duration)); }

void SetLimits(const ServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(options.receive_bytes_max);
  builder.SetMaxSendMessageSize(options.send_bytes_max);
  // Its count of calls is what a stop waits by (calls_in_progress.h).
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 1);
  // Else two servers share a port, and half of the calls go to each.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, Milliseconds(options.handshake_timeout));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(options.idle_timeout));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.streams_per_connection_max);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.keepalive));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(options.keepalive_timeout));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, Milliseconds(options.client_ping_min));
}

// Once a process: it adds a plugin to every builder made later.
void EnableReflection() {
  static const bool kEnabled = [] {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  static_cast<void>(kEnabled);
}

std::string WithPort(const std::string& listen, int port) {
  if (absl::StartsWith(listen, "unix")) return listen;
  return absl::StrCat(listen.substr(0, listen.rfind(':')), ":", port);
}

std::unique_ptr<CallMetrics> CallsOf(const ServerOptions& options, const clock::Clock& clock) {
  if (options.metrics == nullptr) return nullptr;
  auto calls = std::make_unique<CallMetrics>(*options.metrics, clock);
  calls->AddService("grpc.health.v1.Health");
  return calls;
}

}  // namespace

Server::Server(const clock::Clock& clock, ServerOptions options)
    : options_(std::move(options)),
      pump_(clock, options_.pump),
      health_service_(health_, pump_),
      calls_(CallsOf(options_, clock)) {
  INVARIANT(options_.receive_bytes_max > 0 && options_.receive_bytes_max <= kReceiveBytesCeiling,
            absl::StrCat("receive_bytes_max is ", options_.receive_bytes_max, ", not 1 to ", kReceiveBytesCeiling));
  unreadable_.AddService("grpc.health.v1.Health");
}

Server::~Server() { Stop(); }

void Server::Add(absl::string_view name, std::unique_ptr<grpc::Service> service) {
  INVARIANT(server_ == nullptr, "a service comes before Start");
  health_.Register(std::string(name));
  if (calls_ != nullptr) calls_->AddService(name);
  unreadable_.AddService(name);
  services_.push_back(std::move(service));
  names_.emplace_back(name);
}

absl::Status Server::Start() {
  INVARIANT(server_ == nullptr, "a server starts once");
  RETURN_IF_ERROR(CheckListenAddress(options_.listen, options_.allow_remote_plaintext));
  RETURN_IF_ERROR(CheckSocketFileIsFree(options_.listen));
  EnableReflection();
  grpc::ServerBuilder builder;
  SetLimits(options_, builder);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(unreadable_.MakeInterceptors());
  if (calls_ != nullptr) interceptors.push_back(calls_->MakeInterceptors());
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  int port = 0;
  builder.AddListeningPort(options_.listen, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&health_service_);
  for (const std::unique_ptr<grpc::Service>& service : services_) builder.RegisterService(service.get());
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) return WhyNotListening(options_.listen);
  address_ = WithPort(options_.listen, port);
  return absl::OkStatus();
}

void Server::SetServing(bool serving) {
  health_.SetAll(serving);
  pump_.Wake();
}

void Server::SetServing(absl::string_view service, bool serving) {
  health_.Set(std::string(service), serving);
  pump_.Wake();
}

void Server::Stop() {
  SetServing(false);
  pump_.Close(status::WithRetry(absl::UnavailableError("this server is stopping; go on with another and your resume token"),
                                absl::Seconds(1)));
  if (server_ != nullptr) {
    EndCalls();
    server_.reset();
  }
  // Only now: the last watches ended in its turns.
  pump_.Stop();
}

// gRPC waits for connections too: for one whose client does not read what it is told, the whole grace. Who has no call in
// progress has nothing to lose, so where none is, connections are ended.
void Server::EndCalls() {
  std::promise<void> ended;
  const std::future<void> end = ended.get_future();
  std::thread shutdown([&] {
    server_->Shutdown(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                   gpr_time_from_millis(absl::ToInt64Milliseconds(options_.stop_grace), GPR_TIMESPAN)));
    ended.set_value();
  });
  int quiet_looks = 0;
  while (end.wait_for(absl::ToChronoMilliseconds(kLookEvery)) != std::future_status::ready) {
    quiet_looks = CallsInProgress() > 0 ? 0 : quiet_looks + 1;
    if (quiet_looks == kQuietLooks) grpc_server_cancel_all_calls(server_->c_server());
  }
  shutdown.join();
}

}  // namespace touchstone::rpc
