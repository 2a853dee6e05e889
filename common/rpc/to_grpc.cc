#include "common/rpc/to_grpc.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
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
  const auto largest = std::max_element(details.begin(), details.end(),
                                        [](const auto& a, const auto& b) { return a.value().size() < b.value().size(); });
  details.erase(largest);
}

void ShortenDetails(google::rpc::Status& status) {
  while (status.ByteSizeLong() > kMaxDetailBytes && status.details_size() > 0) {
    if (!HalveViolations(status)) DropLargest(status);
  }
}

google::rpc::Status WithDetails(const absl::Status& status, const std::string& message) {
  google::rpc::Status proto;
  proto.set_code(static_cast<int>(status.code()));
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& payload) {
    google::protobuf::Any& detail = *proto.add_details();
    detail.set_type_url(std::string(type_url));
    detail.set_value(std::string(payload));
  });
  // Payloads come in the order of a hash map; sorted, the same error gives the same bytes.
  std::sort(proto.mutable_details()->begin(), proto.mutable_details()->end(),
            [](const google::protobuf::Any& a, const google::protobuf::Any& b) { return a.type_url() < b.type_url(); });
  ShortenDetails(proto);
  if (proto.details_size() > 0) proto.set_message(message);
  return proto;
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  std::string message = Shortened(status.message(), kMaxMessageBytes);
  const google::rpc::Status proto = WithDetails(status, message);
  const auto code = static_cast<grpc::StatusCode>(status.code());
  if (proto.details_size() == 0) return grpc::Status(code, std::move(message));
  return grpc::Status(code, std::move(message), proto.SerializeAsString());
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status proto;
  if (!proto.ParseFromString(status.error_details())) return result;
  for (const google::protobuf::Any& detail : proto.details()) {
    if (!detail.type_url().empty()) result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return result;
}

}  // namespace touchstone::rpc
