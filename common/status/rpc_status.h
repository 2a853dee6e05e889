#pragma once

#include "absl/status/status.h"

namespace google::rpc {
class Status;
}

namespace touchstone::status {

// Code, message and every payload as a detail, sorted by type URL. Bytes of the message that are not UTF-8 are
// replaced, because the receiver could not parse it. Overwrites `rpc_status`, which is not null.
void ToRpcStatus(const absl::Status& status, google::rpc::Status* rpc_status);

// The way back. A code that is none of the canonical 16 becomes UNKNOWN; of details of one type the last is kept.
absl::Status FromRpcStatus(const google::rpc::Status& rpc_status);

}  // namespace touchstone::status
