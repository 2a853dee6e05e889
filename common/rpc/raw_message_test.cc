#include "common/rpc/raw_message.h"

#include <grpcpp/support/slice.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "google/rpc/status.pb.h"

namespace touchstone::rpc {
namespace {

google::rpc::Status Message() {
  google::rpc::Status message;
  message.set_code(5);
  message.set_message("no such moment");
  return message;
}

// As they come from the network: in pieces.
grpc::ByteBuffer InPieces(const std::string& bytes, size_t piece) {
  std::vector<grpc::Slice> slices;
  for (size_t at = 0; at < bytes.size(); at += piece) slices.emplace_back(bytes.substr(at, piece));
  return grpc::ByteBuffer(slices.data(), slices.size());
}

TEST(RawMessage, ParsesWhatCameInPieces) {
  const std::string bytes = Message().SerializeAsString();
  const grpc::ByteBuffer buffer = InPieces(bytes, 3);
  google::rpc::Status parsed;
  ASSERT_TRUE(Parse(buffer, parsed).ok());
  EXPECT_EQ(parsed.message(), "no such moment");
  EXPECT_EQ(ToBytes(buffer), bytes);
  EXPECT_TRUE(Parse(buffer, parsed).ok()) << "reading leaves the buffer whole";
}

TEST(RawMessage, TruncatedIsRefusedByName) {
  const std::string bytes = Message().SerializeAsString();
  google::rpc::Status parsed;
  const absl::Status status = Parse(InPieces(bytes.substr(0, bytes.size() - 1), 4), parsed);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("google.rpc.Status"), absl::string_view::npos) << status;
}

TEST(RawMessage, BadUtf8IsRefused) {
  google::rpc::Status parsed;
  EXPECT_FALSE(Parse(FromBytes("\x12\x02\xc3\x28"), parsed).ok());
}

TEST(RawMessage, NothingIsAnEmptyMessage) {
  google::rpc::Status parsed = Message();
  EXPECT_TRUE(Parse(grpc::ByteBuffer(), parsed).ok());
  EXPECT_EQ(parsed.message(), "");
  parsed = Message();
  EXPECT_TRUE(Parse(FromBytes(""), parsed).ok());
  EXPECT_EQ(parsed.message(), "");
  EXPECT_EQ(ToBytes(grpc::ByteBuffer()), "");
}

TEST(RawMessage, SerializesForTheWayBack) {
  absl::StatusOr<grpc::ByteBuffer> buffer = Serialize(Message());
  ASSERT_TRUE(buffer.ok());
  EXPECT_EQ(ToBytes(*buffer), Message().SerializeAsString());
}

}  // namespace
}  // namespace touchstone::rpc
