#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "touchstone/ingestion/v1/ingestion_service.grpc.pb.h"

namespace touchstone::cli {

// Sends touchpoints over one StreamTouchpoints call after the other, in order, and hears of each whether it was taken. Batches
// them; blocks its caller while too much is unacknowledged. A stream that is lost (UNAVAILABLE, RESOURCE_EXHAUSTED) is opened
// again when the server's RetryInfo says so or after a rising wait, and what was not acknowledged is sent again: a repeat of
// (source, id) is dropped there. One thread.
class IngestStream {
 public:
  static constexpr int kBatchTouchpointsMax = 500;
  // Below the server's limit for one message.
  static constexpr size_t kBatchBytesMax = 256 << 10;
  static constexpr size_t kBatchesInFlightMax = 8;
  // In a row, without an acknowledgement in between.
  static constexpr int kRetriesMax = 10;
  static constexpr absl::Duration kRetryWaitMin = absl::Milliseconds(200);
  static constexpr absl::Duration kRetryWaitMax = absl::Seconds(10);

  // `tag` is what the caller gave to Send, a line number say; `why` names fields from the touchpoint on.
  using OnRejected = std::function<void(int64_t tag, const absl::Status& why)>;
  using Wait = std::function<void(absl::Duration)>;

  // `stub` outlives this. `wait` blocks for so long: between retries.
  IngestStream(ingestion::v1::IngestionService::Stub& stub, Wait wait, OnRejected on_rejected);
  // What was not flushed is cancelled.
  ~IngestStream();

  // Takes a touchpoint; sends when a batch is full. An error is the stream's, and final.
  absl::Status Send(events::v1::Touchpoint touchpoint, int64_t tag);

  // Sends what was taken and waits until all of it is acknowledged.
  absl::Status Flush();

  int64_t accepted() const { return accepted_; }
  int64_t rejected() const { return rejected_; }

 private:
  struct Batch {
    ingestion::v1::StreamTouchpointsRequest request;
    std::vector<int64_t> tags;
    size_t bytes = 0;
  };

  using Call = grpc::ClientReaderWriter<ingestion::v1::StreamTouchpointsRequest, ingestion::v1::StreamTouchpointsResponse>;

  absl::Status SendOpenBatch();
  // Waits for acknowledgements until at most `left` batches are without.
  absl::Status AwaitUntil(size_t left);
  bool TakeAcknowledgement();
  void Open();
  // Why the stream ended; closes it.
  absl::Status Close();
  // Opens the stream again and sends what is unacknowledged, until that succeeds or it was tried too often.
  absl::Status Recover();

  ingestion::v1::IngestionService::Stub& stub_;
  const Wait wait_;
  const OnRejected on_rejected_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<Call> call_;
  Batch open_;
  std::deque<Batch> unacknowledged_;
  int64_t next_sequence_ = 1;
  int retries_ = 0;
  int64_t accepted_ = 0;
  int64_t rejected_ = 0;
};

}  // namespace touchstone::cli
