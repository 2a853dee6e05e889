#include "common/rpc/to_grpc.h"

#include <algorithm>
#include <string>

#include "absl/strings/string_view.h"
#include "common/status/rpc_status.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace touchstone::rpc {
namespace {

// Cuts at the start of a character, so that what was UTF-8 stays UTF-8.
std::string Shortened(absl::string_view text, size_t size_max) {
  if (text.size() <= size_max) return std::string(text);
  static constexpr absl::string_view kMark = "...";
  size_t end = size_max - kMark.size();
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + std::string(kMark);
}

// Takes the second half of the violations away. False if there is nothing to take.
bool HalveViolations(google::rpc::Status& status) {
  for (google::protobuf::Any& detail : *status.mutable_details()) {
    google::rpc::BadRequest bad_request;
    if (!detail.Is<google::rpc::BadRequest>() || !detail.UnpackTo(&bad_request)) continue;
    const int count = bad_request.field_violations_size();
    if (count < 2) continue;
    bad_request.mutable_field_violations()->DeleteSubrange(count / 2, count - count / 2);
    detail.PackFrom(bad_request);
    return true;
  }
  return false;
}

void DropLargest(google::rpc::Status& status) {
  auto& details = *status.mutable_details();
  details.erase(std::max_element(details.begin(), details.end(),
                                 [](const auto& a, const auto& b) { return a.value().size() < b.value().size(); }));
}

void ShortenDetails(google::rpc::Status& status) {
  while (status.ByteSizeLong() > kDetailBytesMax + kMessageBytesMax && status.details_size() > 0) {
    if (!HalveViolations(status)) DropLargest(status);
  }
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status proto;
  status::ToRpcStatus(status, &proto);
  proto.set_message(Shortened(proto.message(), kMessageBytesMax));
  ShortenDetails(proto);
  const auto code = static_cast<grpc::StatusCode>(status.code());
  if (proto.details_size() == 0) return grpc::Status(code, proto.message());
  return grpc::Status(code, proto.message(), proto.SerializeAsString());
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status proto;
  if (!proto.ParseFromString(status.error_details())) proto.Clear();
  // What gRPC itself says holds: the details may be another server's, or absent.
  proto.set_code(status.error_code());
  proto.set_message(status.error_message());
  return status::FromRpcStatus(proto);
}

}  // namespace touchstone::rpc
