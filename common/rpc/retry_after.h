#ifndef TOUCHSTONE_COMMON_RPC_RETRY_AFTER_H_
#define TOUCHSTONE_COMMON_RPC_RETRY_AFTER_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace grpc {
class CallbackServerContext;
}

namespace touchstone::rpc {

// When a RetryInfo in `status` asks to come back; nullopt if there is none.
std::optional<absl::Duration> RetryAfter(const absl::Status& status);

// Repeats RetryInfo as the trailer that gRPC clients with a retry policy obey. Before Finish, on the thread that answers.
void AddPushback(const absl::Status& status, grpc::CallbackServerContext& context);

}  // namespace touchstone::rpc

#endif  // TOUCHSTONE_COMMON_RPC_RETRY_AFTER_H_
