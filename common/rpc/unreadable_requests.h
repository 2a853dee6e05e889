#pragma once

#include <grpcpp/support/server_interceptor.h>

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace touchstone::rpc {

// What a method is told whose request could not be parsed: gRPC never calls its handler and answers UNIMPLEMENTED without a
// word, as if there were no such method. Here it becomes INVALID_ARGUMENT that names the message.
class UnreadableRequests {
 public:
  UnreadableRequests() = default;
  UnreadableRequests(const UnreadableRequests&) = delete;
  UnreadableRequests& operator=(const UnreadableRequests&) = delete;

  // Before the server starts. A service of that full name that is linked into the program; any other adds nothing.
  void AddService(absl::string_view full_name);

  // What changes the statuses; for ServerBuilder, before interceptors that look at them. It refers to this.
  std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeInterceptors();

 private:
  class Watcher;
  class Watchers;

  // The request's message, by `/package.Service/Method`. Not changed once the server runs.
  absl::flat_hash_map<std::string, std::string> requests_;
};

}  // namespace touchstone::rpc
