#include "services/ingestion/ingestion_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/ids/id.h"
#include "common/ids/token.h"
#include "common/rpc/answer.h"
#include "common/rpc/raw_message.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/status/rpc_status.h"
#include "common/stream/topics.h"
#include "common/text/utf8.h"
#include "services/ingestion/domain/touchpoint_check.h"
#include "services/ingestion/touchpoint_batch.h"
#include "services/ingestion/touchpoint_stream.h"
#include "touchstone/ingestion/wire/v1/envelopes.pb.h"

namespace touchstone::ingestion {
namespace {

using rpc::Completion;
using Positions = absl::StatusOr<std::vector<eventlog::Position>>;

absl::Status CheckImportId(const std::string& id) {
  if (id.empty()) return status::InvalidField("import_id", "is required");
  if (id.size() > kIdBytesMax)
    return status::InvalidField("import_id", absl::StrCat("has ", id.size(), " bytes; at most ", kIdBytesMax, " are taken"));
  if (text::HasControlCharacter(id)) return status::InvalidField("import_id", "holds a control character");
  return absl::OkStatus();
}

// The answer to a batch: what was wrong stays wrong; what was right is as the append went.
v1::IngestTouchpointsResponse BatchResponse(const std::vector<TouchpointBatch::Item>& items, const std::vector<std::string>& keys,
                                            const Positions& positions) {
  v1::IngestTouchpointsResponse response;
  for (const TouchpointBatch::Item& item : items) {
    v1::IngestResult& result = *response.add_results();
    const absl::Status& status = item.status.ok() ? positions.status() : item.status;
    status::ToRpcStatus(status, result.mutable_status());
    if (!status.ok()) continue;
    result.set_token(ids::EncodeToken((*positions)[item.record]));
    result.set_primary_name_key(keys[item.record]);
  }
  return response;
}

}  // namespace

grpc::ServerUnaryReactor* IngestionService::IngestTouchpoint(grpc::CallbackServerContext* context,
                                                             const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return rpc::Answer(context, response, [&](Completion<grpc::ByteBuffer>& done) -> absl::Status {
    wire::v1::OneTouchpoint envelope;
    RETURN_IF_ERROR(rpc::Parse(*request, envelope));
    ASSIGN_OR_RETURN(eventlog::OutRecord record, CheckedRecord(envelope.touchpoint(), "touchpoint", secret_, clock_.Now()));
    std::string key = record.key;
    log_.Append({std::move(record)}, [key = std::move(key), done = std::move(done)](Positions positions) mutable {
      if (!positions.ok()) return done(positions.status());
      v1::IngestTouchpointResponse taken;
      taken.set_token(ids::EncodeToken(positions->front()));
      taken.set_primary_name_key(std::move(key));
      done(rpc::Serialize(taken));
    });
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* IngestionService::IngestTouchpoints(grpc::CallbackServerContext* context,
                                                              const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return rpc::Answer(context, response, [&](Completion<grpc::ByteBuffer>& done) -> absl::Status {
    wire::v1::ManyTouchpoints envelope;
    RETURN_IF_ERROR(rpc::Parse(*request, envelope));
    if (envelope.touchpoints().empty() || envelope.touchpoints_size() > kTouchpointsInRequestMax) {
      return status::InvalidField(
          "touchpoints", absl::StrCat("has ", envelope.touchpoints_size(), "; 1 to ", kTouchpointsInRequestMax, " are taken"));
    }
    TouchpointBatch batch = CheckedBatch(envelope.touchpoints(), "touchpoints", secret_, clock_.Now());
    std::vector<std::string> keys;
    for (const eventlog::OutRecord& record : batch.records) keys.push_back(record.key);
    if (batch.records.empty()) {
      done(rpc::Serialize(BatchResponse(batch.items, keys, std::vector<eventlog::Position>())));
      return absl::OkStatus();
    }
    log_.Append(std::move(batch.records),
                [items = std::move(batch.items), keys = std::move(keys), done = std::move(done)](
                    const Positions& positions) mutable { done(rpc::Serialize(BatchResponse(items, keys, positions))); });
    return absl::OkStatus();
  });
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* IngestionService::StreamTouchpoints(
    grpc::CallbackServerContext* context) {
  return TouchpointStream::Begin(context, streams_, log_, clock_, secret_);
}

grpc::ServerUnaryReactor* IngestionService::BeginImport(grpc::CallbackServerContext* context,
                                                        const v1::BeginImportRequest* request,
                                                        v1::BeginImportResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::BeginImportResponse>& done) -> absl::Status {
    RETURN_IF_ERROR(CheckImportId(request->import_id()));
    events::v1::ImportBegun wanted;
    wanted.set_import_id(request->import_id());
    *wanted.mutable_begin_time() = clock::ToProto(clock_.Now());
    if (request->has_rebase_time()) {
      RETURN_IF_ERROR(status::Annotated(clock::CheckedTimeFrom(request->rebase_time()).status(), "rebase_time"));
      *wanted.mutable_rebase_time() = request->rebase_time();
    }
    imports_.Begin(wanted, [done = std::move(done)](absl::StatusOr<events::v1::ImportBegun> begun) mutable {
      if (!begun.ok()) return done(begun.status());
      v1::BeginImportResponse answer;
      *answer.mutable_begin_time() = begun->begin_time();
      if (begun->has_rebase_time()) *answer.mutable_rebase_time() = begun->rebase_time();
      done(std::move(answer));
    });
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* IngestionService::EndImport(grpc::CallbackServerContext* context, const v1::EndImportRequest* request,
                                                      v1::EndImportResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::EndImportResponse>& done) -> absl::Status {
    RETURN_IF_ERROR(CheckImportId(request->import_id()));
    events::v1::ControlRecord control;
    control.mutable_import_ended()->set_import_id(request->import_id());
    control.mutable_import_ended()->set_touchpoint_count(request->touchpoint_count());
    const std::string id = ids::DerivedId("import-ended", {request->import_id()});
    log_.Append({{topics::kControl, absl::StrCat("import-ended/", id), id, control.SerializeAsString(), std::nullopt}},
                [done = std::move(done)](const Positions& positions) mutable {
                  if (!positions.ok()) return done(positions.status());
                  v1::EndImportResponse ended;
                  ended.set_token(ids::EncodeToken(positions->front()));
                  done(std::move(ended));
                });
    return absl::OkStatus();
  });
}

}  // namespace touchstone::ingestion
