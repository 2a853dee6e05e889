#include "common/rpc/raw_message.h"

#include <google/protobuf/message.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace touchstone::rpc {

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::string bytes;
  std::vector<grpc::Slice> slices;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

grpc::ByteBuffer FromBytes(absl::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return grpc::ByteBuffer(&slice, 1);
}

absl::Status Parse(const grpc::ByteBuffer& buffer, google::protobuf::Message& message) {
  bool parsed = false;
  if (!buffer.Valid() || buffer.Length() == 0) {
    // A reader over no slices would fail, and no bytes are a whole message.
    message.Clear();
    parsed = message.IsInitialized();
  } else {
    // The reader only reads; gRPC's signature forgot to say so.
    grpc::ProtoBufferReader reader(const_cast<grpc::ByteBuffer*>(&buffer));
    parsed = reader.status().ok() && message.ParseFromZeroCopyStream(&reader);
  }
  if (parsed) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the ", buffer.Length(), " bytes received are no ", message.GetTypeName(),
                                                 ": truncated, not UTF-8 where text is wanted, or nested too deep"));
}

absl::StatusOr<grpc::ByteBuffer> Serialize(const google::protobuf::Message& message) {
  std::string bytes;
  if (!message.SerializeToString(&bytes)) {
    return absl::InternalError(absl::StrCat("an answer of type ", message.GetTypeName(), " is too large to send"));
  }
  return FromBytes(bytes);
}

}  // namespace touchstone::rpc
