#include "common/rpc/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "absl/strings/str_cat.h"
#include "common/rpc/listen_address.h"
#include "common/status/macros.h"

namespace touchstone::rpc {
namespace {

constexpr int kKeepaliveMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;

// `name: [{}]` is every method. Retries also cover streams that ended before their first message.
constexpr char kServiceConfig[] = R"({
  "methodConfig": [{
    "name": [{}],
    "retryPolicy": {
      "maxAttempts": 4,
      "initialBackoff": "0.1s",
      "maxBackoff": "2s",
      "backoffMultiplier": 2,
      "retryableStatusCodes": ["UNAVAILABLE"]
    }
  }]
})";

gpr_timespec In(absl::Duration timeout) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(absl::ToInt64Nanoseconds(timeout), GPR_TIMESPAN));
}

absl::Status NobodyThere(const std::string& address) {
  return absl::UnavailableError(
      absl::StrCat("nothing listens at ", address, ": start it with `touchstone up`, or name the right address with --address"));
}

}  // namespace

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, Retries retries) {
  grpc::ChannelArguments arguments;
  if (retries == Retries::kUnavailable) arguments.SetServiceConfigJSON(kServiceConfig);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  // Or channels to one address share a connection, and its backoff after a refusal.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(const std::string& address, absl::Duration timeout) {
  RETURN_IF_ERROR(CheckServerAddress(address));
  std::shared_ptr<grpc::Channel> channel = MakeChannel(address);
  const gpr_timespec deadline = In(timeout);
  grpc_connectivity_state state = channel->GetState(/*try_to_connect=*/true);
  while (state != GRPC_CHANNEL_READY) {
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE || state == GRPC_CHANNEL_SHUTDOWN) return NobodyThere(address);
    if (!channel->WaitForStateChange(state, deadline)) return NobodyThere(address);
    state = channel->GetState(/*try_to_connect=*/true);
  }
  return channel;
}

void SetTimeout(grpc::ClientContext& context, absl::Duration timeout) { context.set_deadline(In(timeout)); }

}  // namespace touchstone::rpc
