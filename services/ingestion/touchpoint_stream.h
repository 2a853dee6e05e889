#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/names/name_secret.h"
#include "services/ingestion/open_streams.h"
#include "services/ingestion/touchpoint_batch.h"
#include "touchstone/ingestion/v1/ingestion_service.pb.h"

namespace touchstone::ingestion {

// One StreamTouchpoints call: requests are appended as they come and acknowledged in their order when durable. While more
// than kUnacknowledgedBytesMax wait, or kUnacknowledgedMax requests, nothing more is read: backpressure is gRPC's own. What
// ends the log's intake ends the stream with its status and RetryInfo; a stopping server ends it when all that was read is
// acknowledged. Owns itself until gRPC and the last append let go.
class TouchpointStream : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>, public OpenStreams::Stream {
 public:
  static constexpr int64_t kUnacknowledgedBytesMax = 4 << 20;
  static constexpr size_t kUnacknowledgedMax = 256;

  // All outlive the call.
  static TouchpointStream* Begin(grpc::CallbackServerContext* context, OpenStreams& open, eventlog::EventLog& log,
                                 const clock::Clock& clock, const names::NameSecret& secret);

  void End(const absl::Status& why) override;

 private:
  // A request that was read and is not yet acknowledged.
  struct Pending {
    v1::StreamTouchpointsResponse response;
    int64_t bytes = 0;
    bool durable = false;
  };

  TouchpointStream(grpc::CallbackServerContext* context, OpenStreams& open, eventlog::EventLog& log, const clock::Clock& clock,
                   const names::NameSecret& secret)
      : context_(context), open_(open), log_(log), clock_(clock), secret_(secret) {}

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  absl::Status Take();
  void Durable(const std::shared_ptr<Pending>& pending, const absl::Status& status);
  // Starts what may be started: a write, a read, the end. With mutex_ held.
  void Advance();
  void FinishOnce(const absl::Status& status);

  grpc::CallbackServerContext* const context_;
  OpenStreams& open_;
  eventlog::EventLog& log_;
  const clock::Clock& clock_;
  const names::NameSecret& secret_;
  std::shared_ptr<TouchpointStream> self_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;

  std::mutex mutex_;
  // Guarded by mutex_.
  std::deque<std::shared_ptr<Pending>> pending_;
  int64_t pending_bytes_ = 0;
  bool reading_ = false;
  bool taking_ = false;  // What was read is not among pending_ yet.
  bool writing_ = false;
  bool read_all_ = false;
  bool finished_ = false;
  absl::Status ending_;  // Not OK: nothing more is read.
};

}  // namespace touchstone::ingestion
