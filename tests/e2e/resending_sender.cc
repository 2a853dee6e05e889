#include "tests/e2e/resending_sender.h"

#include <grpcpp/client_context.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/rpc/client.h"

namespace touchstone::e2e {

using ingestion::v1::StreamTouchpointsRequest;
using ingestion::v1::StreamTouchpointsResponse;

StreamTouchpointsRequest ResendingSender::RequestAt(size_t begin, size_t until) {
  StreamTouchpointsRequest request;
  // The end: what the answer acknowledges.
  const size_t end = std::min(begin + kTouchpointsPerRequest, until);
  request.set_sequence(static_cast<int64_t>(end));
  for (size_t i = begin; i < end; ++i) {
    *request.add_touchpoints() = at_(i);
    ++times_sent_[i];
  }
  return request;
}

absl::Status ResendingSender::SendOn(ingestion::v1::IngestionService::Stub& stub, absl::FunctionRef<void(size_t)> on_acknowledged,
                                     size_t until, absl::Duration within) {
  until = std::min(until, times_sent_.size());
  grpc::ClientContext context;
  if (within < absl::InfiniteDuration()) rpc::SetTimeout(context, within);
  const auto stream = stub.StreamTouchpoints(&context);
  size_t written = acknowledged_;
  bool open = true;
  while (open && acknowledged_ < until) {
    while (open && written < until && written - acknowledged_ < kRequestsInFlightMax * kTouchpointsPerRequest) {
      const StreamTouchpointsRequest request = RequestAt(written, until);
      open = stream->Write(request);
      if (open) written = static_cast<size_t>(request.sequence());
    }
    StreamTouchpointsResponse response;
    if (!open || !stream->Read(&response)) break;
    if (response.rejected_size() > 0) {
      context.TryCancel();
      return absl::InternalError(absl::StrCat("refused: ", response.rejected(0).status().message()));
    }
    acknowledged_ = static_cast<size_t>(response.sequence());
    on_acknowledged(acknowledged_);
  }
  if (acknowledged_ >= until) stream->WritesDone();
  // What was acknowledged before the stream broke counts too.
  for (StreamTouchpointsResponse response; stream->Read(&response);) acknowledged_ = static_cast<size_t>(response.sequence());
  return rpc::FromGrpcStatus(stream->Finish());
}

}  // namespace touchstone::e2e
