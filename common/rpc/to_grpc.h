#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace touchstone::rpc {

// What a status may weigh on the wire. It travels in HTTP/2 trailers, which clients cut off at 8 KiB by default: a status
// above that reaches nobody, so it is shortened here instead.
inline constexpr int kMessageBytesMax = 1024;
inline constexpr int kDetailBytesMax = 3 * 1024;

// The same code, message and details. The details of an absl::Status are its payloads, each keyed by its type URL
// ("type.googleapis.com/google.rpc.BadRequest"); on the wire they are a google.rpc.Status in grpc-status-details-bin.
// Too much is shortened: the message at a character, field violations from the end, then whole details, the largest first.
// Both functions are pure and safe on any thread.
grpc::Status ToGrpcStatus(const absl::Status& status);

// The way back, for clients. Details that do not parse are dropped; the code and the message always hold.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace touchstone::rpc
