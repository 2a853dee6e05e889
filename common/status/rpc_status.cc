#include "common/status/rpc_status.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "common/text/utf8.h"
#include "google/rpc/status.pb.h"

namespace touchstone::status {

void ToRpcStatus(const absl::Status& status, google::rpc::Status* rpc_status) {
  rpc_status->Clear();
  rpc_status->set_code(static_cast<int>(status.code()));
  rpc_status->set_message(text::ReplaceInvalidUtf8(status.message()));
  std::map<std::string, std::string> details;
  status.ForEachPayload(
      [&](absl::string_view url, const absl::Cord& bytes) { details.emplace(std::string(url), std::string(bytes)); });
  for (auto& [url, bytes] : details) {
    google::protobuf::Any& detail = *rpc_status->add_details();
    detail.set_type_url(url);
    detail.set_value(std::move(bytes));
  }
}

absl::Status FromRpcStatus(const google::rpc::Status& rpc_status) {
  const bool canonical = rpc_status.code() >= 0 && rpc_status.code() <= static_cast<int>(absl::StatusCode::kUnauthenticated);
  absl::Status status(canonical ? static_cast<absl::StatusCode>(rpc_status.code()) : absl::StatusCode::kUnknown,
                      rpc_status.message());
  for (const google::protobuf::Any& detail : rpc_status.details()) {
    status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return status;
}

}  // namespace touchstone::status
