#pragma once

#include <memory>

#include "touchstone/ingestion/v1/ingestion_service.grpc.pb.h"

namespace touchstone::benchmarks {

// IngestionService that takes nothing in: the same calls, answered at once with an answer of the usual size. What a server with
// this contract cannot be faster than.

// Its touchpoint calls are registered raw, as the real one's are: a request is bytes that nobody looks at.
std::unique_ptr<grpc::Service> MakeIdleIngestion();

// As protoc generates it: each request is parsed before the handler sees it.
std::unique_ptr<grpc::Service> MakeIdleParsingIngestion();

}  // namespace touchstone::benchmarks
