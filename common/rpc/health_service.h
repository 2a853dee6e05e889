#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "common/rpc/stream_pump.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace touchstone::rpc {

// What serves, by service; "" is the server as a whole. Thread-safe.
class HealthBoard {
 public:
  using ServingStatus = grpc::health::v1::HealthCheckResponse::ServingStatus;

  // Adds a service as NOT_SERVING.
  void Register(const std::string& service);
  // Unknown services are ignored.
  void Set(const std::string& service, bool serving);
  void SetAll(bool serving);
  // SERVICE_UNKNOWN for one that was not registered.
  ServingStatus Get(const std::string& service) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, bool> serving_{{"", false}};  // Guarded by mutex_.
};

// grpc.health.v1.Health. Not gRPC's own, which says SERVING from the start and until somebody objects: ours is NOT_SERVING
// until told, and its descriptor is there for reflection.
class HealthService final : public grpc::health::v1::Health::CallbackService {
 public:
  // Both outlive the service.
  HealthService(const HealthBoard& board, StreamPump& pump) : board_(board), pump_(pump) {}

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context, const grpc::health::v1::HealthCheckRequest* request,
                                  grpc::health::v1::HealthCheckResponse* response) override;
  grpc::ServerWriteReactor<grpc::health::v1::HealthCheckResponse>* Watch(
      grpc::CallbackServerContext* context, const grpc::health::v1::HealthCheckRequest* request) override;

 private:
  const HealthBoard& board_;
  StreamPump& pump_;
};

}  // namespace touchstone::rpc
