#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/to_grpc.h"

namespace touchstone::rpc {

inline constexpr absl::Duration kDefaultCallTimeout = absl::Seconds(10);
inline constexpr absl::Duration kDefaultConnectTimeout = absl::Seconds(3);

// Whether calls of a channel are tried again: kUnavailable, as the project's service config says: a call that ends UNAVAILABLE
// before it has answered anything up to 4 times, 0.1 to 2 s apart or when the server's RetryInfo says.
enum class Retries { kUnavailable, kNone };

// Proxies of the environment are not asked. Returns at once; nothing is known yet of whether anybody listens.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, Retries retries = Retries::kUnavailable);

// A channel that is connected. Blocks until it is, until the address refuses, or for `timeout`. INVALID_ARGUMENT: `address` is
// none (listen_address.h); UNAVAILABLE: nothing listens there. Both say what to do.
absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(const std::string& address,
                                                       absl::Duration timeout = kDefaultConnectTimeout);

// From now on, monotonic. Every unary call has one; a watch has none.
void SetTimeout(grpc::ClientContext& context, absl::Duration timeout);

// A unary call: blocks for the answer, at most `timeout`. The error has its details as payloads.
//
//   ASSIGN_OR_RETURN(GetStatusResponse status, Call(*stub, &OperationsService::Stub::GetStatus, GetStatusRequest()));
template <typename Stub, typename Service, typename Request, typename Response>
absl::StatusOr<Response> Call(Stub& stub, grpc::Status (Service::*method)(grpc::ClientContext*, const Request&, Response*),
                              const Request& request, absl::Duration timeout = kDefaultCallTimeout) {
  grpc::ClientContext context;
  SetTimeout(context, timeout);
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return FromGrpcStatus(status);
  return response;
}

}  // namespace touchstone::rpc
