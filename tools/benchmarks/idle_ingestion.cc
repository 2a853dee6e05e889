#include "tools/benchmarks/idle_ingestion.h"

#include <grpcpp/support/byte_buffer.h>

#include <mutex>
#include <string>

#include "common/ids/token.h"
#include "common/rpc/answer.h"
#include "common/rpc/raw_message.h"
#include "common/stream/topics.h"
#include "services/ingestion/ingestion_service.h"

namespace touchstone::benchmarks {
namespace {

namespace v1 = touchstone::ingestion::v1;

v1::IngestTouchpointResponse UsualResponse() {
  v1::IngestTouchpointResponse response;
  response.set_token(ids::EncodeToken({topics::kTouchpoints, 3, 123'456}));
  response.set_primary_name_key("customer:123456");
  return response;
}

v1::StreamTouchpointsResponse UsualAcknowledgement() {
  v1::StreamTouchpointsResponse response;
  response.set_sequence(1'234);
  response.set_accepted_count(100);
  return response;
}

absl::StatusOr<grpc::ByteBuffer> AsSent(const v1::StreamTouchpointsResponse& response, const grpc::ByteBuffer*) {
  return rpc::Serialize(response);
}
absl::StatusOr<v1::StreamTouchpointsResponse> AsSent(const v1::StreamTouchpointsResponse& response,
                                                     const v1::StreamTouchpointsResponse*) {
  return response;
}

// Reads on while it writes: as many answers as requests, in their order.
template <typename Request, typename Response>
class IdleStream : public grpc::ServerBidiReactor<Request, Response> {
 public:
  IdleStream() { this->StartRead(&request_); }

 private:
  void OnReadDone(bool ok) override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (ok) {
      ++unanswered_;
      this->StartRead(&request_);
    } else {
      read_all_ = true;
    }
    Advance();
  }

  void OnWriteDone(bool ok) override {
    std::lock_guard<std::mutex> lock(mutex_);
    writing_ = false;
    if (!ok) unanswered_ = 0;
    Advance();
  }

  void OnDone() override { delete this; }

  void Advance() {
    if (writing_) return;
    if (unanswered_ > 0) {
      --unanswered_;
      writing_ = true;
      response_ = *AsSent(usual_, &response_);
      this->StartWrite(&response_);
    } else if (read_all_ && !finished_) {
      finished_ = true;
      this->Finish(grpc::Status::OK);
    }
  }

  const v1::StreamTouchpointsResponse usual_ = UsualAcknowledgement();
  Request request_;
  Response response_;

  std::mutex mutex_;
  // Guarded by mutex_.
  int64_t unanswered_ = 0;
  bool writing_ = false;
  bool read_all_ = false;
  bool finished_ = false;
};

using RawService = v1::IngestionService::WithRawCallbackMethod_IngestTouchpoint<
    v1::IngestionService::WithRawCallbackMethod_StreamTouchpoints<v1::IngestionService::Service>>;

class IdleIngestion : public RawService {
 public:
  grpc::ServerUnaryReactor* IngestTouchpoint(grpc::CallbackServerContext* context, const grpc::ByteBuffer*,
                                             grpc::ByteBuffer* response) override {
    return rpc::Answer(context, response, [&] { return rpc::Serialize(usual_); });
  }
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StreamTouchpoints(grpc::CallbackServerContext*) override {
    return new IdleStream<grpc::ByteBuffer, grpc::ByteBuffer>();
  }

 private:
  const v1::IngestTouchpointResponse usual_ = UsualResponse();
};

class IdleParsingIngestion : public v1::IngestionService::CallbackService {
 public:
  grpc::ServerUnaryReactor* IngestTouchpoint(grpc::CallbackServerContext* context, const v1::IngestTouchpointRequest*,
                                             v1::IngestTouchpointResponse* response) override {
    return rpc::Answer(context, response, [&] { return absl::StatusOr<v1::IngestTouchpointResponse>(usual_); });
  }
  grpc::ServerBidiReactor<v1::StreamTouchpointsRequest, v1::StreamTouchpointsResponse>* StreamTouchpoints(
      grpc::CallbackServerContext*) override {
    return new IdleStream<v1::StreamTouchpointsRequest, v1::StreamTouchpointsResponse>();
  }

 private:
  const v1::IngestTouchpointResponse usual_ = UsualResponse();
};

}  // namespace

std::unique_ptr<grpc::Service> MakeIdleIngestion() { return std::make_unique<IdleIngestion>(); }
std::unique_ptr<grpc::Service> MakeIdleParsingIngestion() { return std::make_unique<IdleParsingIngestion>(); }

}  // namespace touchstone::benchmarks
