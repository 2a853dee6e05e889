#include "services/ingestion/touchpoint_stream.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/pushback.h"
#include "common/rpc/raw_message.h"
#include "common/rpc/to_grpc.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/status/rpc_status.h"
#include "services/ingestion/ingestion_service.h"
#include "touchstone/ingestion/wire/v1/envelopes.pb.h"

namespace touchstone::ingestion {

TouchpointStream* TouchpointStream::Begin(grpc::CallbackServerContext* context, OpenStreams& open, eventlog::EventLog& log,
                                          const clock::Clock& clock, const names::NameSecret& secret) {
  std::shared_ptr<TouchpointStream> stream(new TouchpointStream(context, open, log, clock, secret));
  stream->self_ = stream;
  const absl::Status taken = open.Add(stream);
  std::lock_guard<std::mutex> lock(stream->mutex_);
  if (!taken.ok()) stream->ending_ = taken;
  stream->Advance();
  return stream.get();
}

void TouchpointStream::End(const absl::Status& why) {
  std::lock_guard<std::mutex> lock(mutex_);
  ending_ = why;
  Advance();
}

void TouchpointStream::OnReadDone(bool ok) {
  bool wanted = ok;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    wanted = wanted && !finished_;
    taking_ = wanted;
  }
  const absl::Status taken = wanted ? Take() : absl::OkStatus();
  std::lock_guard<std::mutex> lock(mutex_);
  reading_ = taking_ = false;
  if (!ok) read_all_ = true;
  if (!taken.ok()) FinishOnce(taken);
  Advance();
}

absl::Status TouchpointStream::Take() {
  wire::v1::StreamedTouchpoints request;
  RETURN_IF_ERROR(rpc::Parse(request_, request));
  if (request.touchpoints().empty() || request.touchpoints_size() > kTouchpointsInRequestMax) {
    return status::InvalidField(
        "touchpoints", absl::StrCat("has ", request.touchpoints_size(), "; 1 to ", kTouchpointsInRequestMax, " are taken"));
  }
  TouchpointBatch batch = CheckedBatch(request.touchpoints(), "touchpoints", secret_, clock_.Now());
  auto pending = std::make_shared<Pending>();
  pending->bytes = static_cast<int64_t>(request_.Length());
  pending->response.set_sequence(request.sequence());
  pending->response.set_accepted_count(static_cast<int32_t>(batch.records.size()));
  for (size_t i = 0; i < batch.items.size(); ++i) {
    if (batch.items[i].status.ok()) continue;
    v1::RejectedTouchpoint& rejected = *pending->response.add_rejected();
    rejected.set_index(static_cast<int32_t>(i));
    status::ToRpcStatus(batch.items[i].status, rejected.mutable_status());
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    pending_.push_back(pending);
    pending_bytes_ += pending->bytes;
  }
  if (batch.records.empty()) {
    Durable(pending, absl::OkStatus());
    return absl::OkStatus();
  }
  log_.Append(std::move(batch.records),
              [self = self_, pending](const absl::StatusOr<std::vector<eventlog::Position>>& positions) {
                self->Durable(pending, positions.status());
              });
  return absl::OkStatus();
}

void TouchpointStream::Durable(const std::shared_ptr<Pending>& pending, const absl::Status& status) {
  std::lock_guard<std::mutex> lock(mutex_);
  pending->durable = true;
  if (!status.ok()) FinishOnce(status);
  Advance();
}

void TouchpointStream::Advance() {
  if (finished_) return;
  if (!writing_ && !pending_.empty() && pending_.front()->durable) {
    absl::StatusOr<grpc::ByteBuffer> response = rpc::Serialize(pending_.front()->response);
    if (!response.ok()) return FinishOnce(response.status());
    response_ = *std::move(response);
    pending_bytes_ -= pending_.front()->bytes;
    pending_.pop_front();
    writing_ = true;
    StartWrite(&response_);
  }
  if (!reading_ && !read_all_ && ending_.ok() && pending_bytes_ < kUnacknowledgedBytesMax &&
      pending_.size() < kUnacknowledgedMax) {
    reading_ = true;
    StartRead(&request_);
  }
  if (taking_ || writing_ || !pending_.empty()) return;
  if (read_all_ || !ending_.ok()) FinishOnce(read_all_ ? absl::OkStatus() : ending_);
}

void TouchpointStream::FinishOnce(const absl::Status& status) {
  if (std::exchange(finished_, true)) return;
  rpc::AddPushback(status, *context_);
  Finish(rpc::ToGrpcStatus(status));
}

void TouchpointStream::OnWriteDone(bool ok) {
  std::lock_guard<std::mutex> lock(mutex_);
  writing_ = false;
  if (!ok) FinishOnce(absl::CancelledError("the sender is gone"));
  Advance();
}

void TouchpointStream::OnCancel() {
  std::lock_guard<std::mutex> lock(mutex_);
  FinishOnce(absl::CancelledError("the sender is gone"));
}

void TouchpointStream::OnDone() {
  open_.Remove(this);
  // Appends that are under way hold the stream; the last of them ends it.
  self_ = nullptr;
}

}  // namespace touchstone::ingestion
