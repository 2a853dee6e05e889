#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/rpc/client.h"
#include "common/status/errors.h"
#include "tools/cli/context.h"

namespace touchstone::cli {

// A stub of `Service` at the address that the flags named. Blocks until it is connected; INVALID_ARGUMENT where that is no
// address, UNAVAILABLE where nothing listens.
template <typename Service>
absl::StatusOr<std::unique_ptr<typename Service::Stub>> StubOf(const Context& context) {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = rpc::Connect(context.address);
  if (absl::IsInvalidArgument(channel.status())) return status::Annotated(channel.status(), "--address");
  if (!channel.ok()) return channel.status();
  return Service::NewStub(*channel);
}

}  // namespace touchstone::cli
