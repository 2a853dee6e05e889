#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace google::protobuf {
class Message;
}

// For methods registered raw (`WithRawCallbackMethod_X`), where the service parses what came by itself, so that a bad
// item is refused alone and not the whole message with it. All functions are pure and safe on any thread.
namespace touchstone::rpc {

// The bytes, one copy. An empty buffer is an empty message.
std::string ToBytes(const grpc::ByteBuffer& buffer);

// One copy of `bytes`.
grpc::ByteBuffer FromBytes(absl::string_view bytes);

// Parses without making the bytes flat first. INVALID_ARGUMENT, naming the message's type, where they are no such message
// (truncated, bad UTF-8, nested too deep).
absl::Status Parse(const grpc::ByteBuffer& buffer, google::protobuf::Message& message);

// INTERNAL if the message is above protobuf's 2 GiB.
absl::StatusOr<grpc::ByteBuffer> Serialize(const google::protobuf::Message& message);

}  // namespace touchstone::rpc
