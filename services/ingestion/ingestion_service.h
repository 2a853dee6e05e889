#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <vector>

#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/names/name_secret.h"
#include "services/ingestion/import_registry.h"
#include "services/ingestion/open_streams.h"
#include "touchstone/ingestion/v1/ingestion_service.grpc.pb.h"

namespace touchstone::ingestion {

// At most this many touchpoints in one request.
inline constexpr int kTouchpointsInRequestMax = 1000;

// The three calls that carry touchpoints are registered raw: each touchpoint is parsed by itself, so that a bad one is
// refused alone.
using RawIngestionService =
    v1::IngestionService::WithRawCallbackMethod_IngestTouchpoint<v1::IngestionService::WithRawCallbackMethod_IngestTouchpoints<
        v1::IngestionService::WithRawCallbackMethod_StreamTouchpoints<v1::IngestionService::WithCallbackMethod_BeginImport<
            v1::IngestionService::WithCallbackMethod_EndImport<v1::IngestionService::Service>>>>>;

// Checks, appends, acknowledges when durable. Keeps nothing of its own: apart from the token an answer follows from its request.
class IngestionService : public RawIngestionService {
 public:
  // All outlive the service. `imports` and `streams` are the server's pump's.
  IngestionService(eventlog::EventLog& log, const clock::Clock& clock, const names::NameSecret& secret, ImportRegistry& imports,
                   OpenStreams& streams)
      : log_(log), clock_(clock), secret_(secret), imports_(imports), streams_(streams) {}

  grpc::ServerUnaryReactor* IngestTouchpoint(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                             grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* IngestTouchpoints(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StreamTouchpoints(grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* BeginImport(grpc::CallbackServerContext* context, const v1::BeginImportRequest* request,
                                        v1::BeginImportResponse* response) override;
  grpc::ServerUnaryReactor* EndImport(grpc::CallbackServerContext* context, const v1::EndImportRequest* request,
                                      v1::EndImportResponse* response) override;

 private:
  eventlog::EventLog& log_;
  const clock::Clock& clock_;
  const names::NameSecret& secret_;
  ImportRegistry& imports_;
  OpenStreams& streams_;
};

}  // namespace touchstone::ingestion
