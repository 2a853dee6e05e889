#pragma once

#include "absl/status/status.h"

namespace grpc {
class CallbackServerContext;
}

namespace touchstone::rpc {

// Repeats a status's RetryInfo as the trailer grpc-retry-pushback-ms, which gRPC clients with a retry policy obey. Call it
// before Finish, on the thread that answers. Nothing happens where the status has no RetryInfo.
void AddPushback(const absl::Status& status, grpc::CallbackServerContext& context);

}  // namespace touchstone::rpc
