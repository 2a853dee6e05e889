#include "tools/benchmarks/requests.h"

#include <algorithm>

#include "common/rpc/raw_message.h"
#include "common/status/invariant.h"
#include "touchstone/ingestion/v1/ingestion_service.pb.h"

namespace touchstone::benchmarks {
namespace {

grpc::ByteBuffer Bytes(const google::protobuf::Message& message) {
  absl::StatusOr<grpc::ByteBuffer> bytes = rpc::Serialize(message);
  INVARIANT(bytes.ok(), bytes.status().ToString());
  return *std::move(bytes);
}

}  // namespace

events::v1::Touchpoint Requests::Next() {
  // Two of the same time would be in no order.
  last_time_ = std::max(clock_.Now(), last_time_ + absl::Microseconds(1));
  return customers_.Next(last_time_);
}

std::vector<grpc::ByteBuffer> Requests::Unary(size_t count) {
  std::vector<grpc::ByteBuffer> requests;
  requests.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    ingestion::v1::IngestTouchpointRequest request;
    *request.mutable_touchpoint() = Next();
    requests.push_back(Bytes(request));
  }
  return requests;
}

std::vector<grpc::ByteBuffer> Requests::Streamed(size_t count, int touchpoints_each) {
  std::vector<grpc::ByteBuffer> requests;
  requests.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    ingestion::v1::StreamTouchpointsRequest request;
    request.set_sequence(static_cast<int64_t>(i) + 1);
    for (int j = 0; j < touchpoints_each; ++j) *request.add_touchpoints() = Next();
    requests.push_back(Bytes(request));
  }
  return requests;
}

}  // namespace touchstone::benchmarks
