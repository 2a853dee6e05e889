#pragma once

#include <grpcpp/support/server_interceptor.h>

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "common/clock/clock.h"
#include "common/metrics/metrics.h"

namespace touchstone::rpc {

// Counts each call of a server when its status is sent:
//
//   touchstone_rpc_calls_total{method="touchstone.ingestion.v1.IngestionService/IngestTouchpoint", code="OK"}
//   touchstone_rpc_call_seconds{method=...}    of unary calls, from their arrival: a stream lasts as long as its client likes
//
// Methods are those of the services added, everything else is `other`: what callers make up is no label.
class CallMetrics {
 public:
  // Both outlive this, and this outlives the server.
  CallMetrics(metrics::Metrics& metrics, const clock::Clock& clock);
  ~CallMetrics();
  CallMetrics(const CallMetrics&) = delete;
  CallMetrics& operator=(const CallMetrics&) = delete;

  // Before the server starts. A service of that full name that is linked into the program; any other adds nothing.
  void AddService(absl::string_view full_name);

  // What makes gRPC tell of its calls; for ServerBuilder. It refers to this.
  std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeInterceptors();

 private:
  class Method;
  class Watcher;
  class Watchers;

  Method& MethodOf(absl::string_view path) const;

  metrics::Metrics& metrics_;
  const clock::Clock& clock_;
  // By `/package.Service/Method`. Not changed once the server runs.
  absl::flat_hash_map<std::string, std::unique_ptr<Method>> methods_;
  const std::unique_ptr<Method> other_;
};

}  // namespace touchstone::rpc
