#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace touchstone::runtime {

// What the admin port shows. Called on its threads.
struct AdminPages {
  std::function<std::string()> metrics;
  std::function<bool()> ready;
};

// HTTP on loopback, for whoever runs the process: /metrics for Prometheus, /healthz (200 while it lives), /readyz (200 when
// it serves, else 503). Two threads; a slow client is cut after 2 s.
class AdminServer {
 public:
  // Listens at HOST:PORT, where HOST is 127.0.0.1, ::1 in brackets, or localhost; port 0 takes a free one.
  // INVALID_ARGUMENT for anything else, FAILED_PRECONDITION if the port is in use.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(const std::string& listen, AdminPages pages);

  // Stops listening and waits for requests in progress.
  ~AdminServer();

  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // With the port that was found.
  const std::string& address() const { return address_; }

 private:
  class Http;
  AdminServer(std::unique_ptr<Http> http, std::string address);

  const std::unique_ptr<Http> http_;
  const std::string address_;
};

}  // namespace touchstone::runtime
