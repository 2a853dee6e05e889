#include "common/rpc/answer.h"

#include <chrono>

#include "common/rpc/pushback.h"
#include "common/rpc/to_grpc.h"

namespace touchstone::rpc {

absl::Time DeadlineOf(const grpc::CallbackServerContext& context) {
  const std::chrono::system_clock::time_point deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteFuture();
  return absl::FromChrono(deadline);
}

namespace internal {

UnaryCall::UnaryCall(grpc::CallbackServerContext* context) : context_(context), deadline_(DeadlineOf(*context)) {}

void UnaryCall::Send(const absl::Status& status) {
  if (!status.ok()) AddPushback(status, *context_);
  Finish(ToGrpcStatus(status));
}

void UnaryCall::Release() {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

void UnaryCall::OnCancel() {
  // The client is gone or was told DEADLINE_EXCEEDED by its own gRPC; this only lets the server be rid of the call, so
  // that stopping never waits for a completion.
  if (Claim()) Send(absl::CancelledError("nobody waits for this call any more"));
}

}  // namespace internal
}  // namespace touchstone::rpc
