#include "tools/cli/ingest_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/to_grpc.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/status/rpc_status.h"
#include "tools/cli/field_path.h"

namespace touchstone::cli {

IngestStream::IngestStream(ingestion::v1::IngestionService::Stub& stub, Wait wait, OnRejected on_rejected)
    : stub_(stub), wait_(std::move(wait)), on_rejected_(std::move(on_rejected)) {}

IngestStream::~IngestStream() {
  if (call_ == nullptr) return;
  if (!unacknowledged_.empty()) context_->TryCancel();
  Close().IgnoreError();
}

absl::Status IngestStream::Send(events::v1::Touchpoint touchpoint, int64_t tag) {
  const size_t bytes = touchpoint.ByteSizeLong();
  if (!open_.tags.empty() && open_.bytes + bytes > kBatchBytesMax) RETURN_IF_ERROR(SendOpenBatch());
  *open_.request.add_touchpoints() = std::move(touchpoint);
  open_.tags.push_back(tag);
  open_.bytes += bytes;
  return open_.tags.size() >= kBatchTouchpointsMax ? SendOpenBatch() : absl::OkStatus();
}

absl::Status IngestStream::Flush() {
  RETURN_IF_ERROR(SendOpenBatch());
  return AwaitUntil(0);
}

absl::Status IngestStream::SendOpenBatch() {
  if (open_.tags.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(AwaitUntil(kBatchesInFlightMax - 1));
  open_.request.set_sequence(next_sequence_++);
  unacknowledged_.push_back(std::exchange(open_, Batch()));
  if (call_ == nullptr) Open();
  return call_->Write(unacknowledged_.back().request) ? absl::OkStatus() : Recover();
}

absl::Status IngestStream::AwaitUntil(size_t left) {
  while (unacknowledged_.size() > left) {
    if (!TakeAcknowledgement()) RETURN_IF_ERROR(Recover());
  }
  return absl::OkStatus();
}

// Acknowledgements come in the order of the requests.
bool IngestStream::TakeAcknowledgement() {
  ingestion::v1::StreamTouchpointsResponse response;
  if (!call_->Read(&response)) return false;
  if (response.sequence() != unacknowledged_.front().request.sequence()) return true;
  const Batch batch = std::move(unacknowledged_.front());
  unacknowledged_.pop_front();
  retries_ = 0;
  accepted_ += response.accepted_count();
  for (const ingestion::v1::RejectedTouchpoint& rejected : response.rejected()) {
    ++rejected_;
    const auto index = static_cast<size_t>(rejected.index());
    if (index >= batch.tags.size()) continue;
    // Where it stood in a batch is nobody's business but ours.
    const std::string path = absl::StrCat("touchpoints[", index, "]");
    on_rejected_(batch.tags[index], WithoutPath(status::FromRpcStatus(rejected.status()), path));
  }
  return true;
}

void IngestStream::Open() {
  context_ = std::make_unique<grpc::ClientContext>();
  call_ = stub_.StreamTouchpoints(context_.get());
}

absl::Status IngestStream::Close() {
  call_->WritesDone();
  ingestion::v1::StreamTouchpointsResponse ignored;
  while (call_->Read(&ignored)) {
  }
  const absl::Status status = rpc::FromGrpcStatus(call_->Finish());
  call_.reset();
  return status;
}

absl::Status IngestStream::Recover() {
  while (true) {
    absl::Status why = Close();
    // A server that ends the stream before all is acknowledged means to be asked again.
    if (why.ok()) why = absl::UnavailableError("the suite ended the stream");
    if (!absl::IsUnavailable(why) && !absl::IsResourceExhausted(why)) return why;
    if (retries_ >= kRetriesMax) return status::Annotated(why, "tried again and again");
    const absl::Duration rising = std::min(kRetryWaitMax, kRetryWaitMin * (1 << std::min(retries_, 10)));
    wait_(std::min(kRetryWaitMax, status::RetryDelayOf(why).value_or(rising)));
    ++retries_;
    Open();
    const bool sent = std::all_of(unacknowledged_.begin(), unacknowledged_.end(),
                                  [this](const Batch& batch) { return call_->Write(batch.request); });
    if (sent) return absl::OkStatus();
  }
}

}  // namespace touchstone::cli
