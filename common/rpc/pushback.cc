#include "common/rpc/pushback.h"

#include <grpcpp/server_context.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status/errors.h"

namespace touchstone::rpc {

void AddPushback(const absl::Status& status, grpc::CallbackServerContext& context) {
  const std::optional<absl::Duration> delay = status::RetryDelayOf(status);
  if (delay.has_value()) context.AddTrailingMetadata("grpc-retry-pushback-ms", absl::StrCat(absl::ToInt64Milliseconds(*delay)));
}

}  // namespace touchstone::rpc
