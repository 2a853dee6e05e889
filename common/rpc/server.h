#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/rpc/health_service.h"
#include "common/rpc/stream_pump.h"
#include "common/rpc/unreadable_requests.h"

namespace grpc {
class Server;
class Service;
}  // namespace grpc

namespace touchstone::metrics {
class Metrics;
}

namespace touchstone::rpc {

class CallMetrics;

// The most that a server may be told to receive in one message.
inline constexpr int kReceiveBytesCeiling = 4 << 20;

struct ServerOptions {
  // HOST:PORT or unix:PATH. Port 0 takes a free one; see address().
  std::string listen = "127.0.0.1:7300";
  // Must read kRemotePlaintextWords before the server listens on what other machines reach.
  std::string allow_remote_plaintext;
  // One message. At most kReceiveBytesCeiling.
  int receive_bytes_max = 1 << 20;
  int send_bytes_max = 4 << 20;
  // Calls at once on one connection.
  int streams_per_connection_max = 1000;
  // A connection that has not become HTTP/2 by then is closed.
  absl::Duration handshake_timeout = absl::Seconds(2);
  // A connection without calls is closed after this.
  absl::Duration idle_timeout = absl::Minutes(5);
  // A silent connection is asked whether it lives after this, and given up a keepalive_timeout later.
  absl::Duration keepalive = absl::Seconds(60);
  absl::Duration keepalive_timeout = absl::Seconds(20);
  // A client that pings more often than this is sent away.
  absl::Duration client_ping_min = absl::Seconds(10);
  // Calls that are in progress when the server stops have this long to end.
  absl::Duration stop_grace = absl::Seconds(5);
  StreamPumpOptions pump;
  // Where calls are counted by method and code (call_metrics.h); outlives the server. Null: nowhere.
  metrics::Metrics* metrics = nullptr;
};

// A gRPC server with health, reflection, limits and one stream pump. Used by one thread, apart from pump() and
// SetServing, which any thread may use.
//
//   Server server(clock, options);
//   server.Add(JourneyService::service_full_name(), std::make_unique<JourneyServiceImpl>(tasks, server.pump()));
//   RETURN_IF_ERROR(server.Start());
//   server.SetServing(true);
class Server {
 public:
  // `clock` outlives the server.
  explicit Server(const clock::Clock& clock, ServerOptions options = {});
  // Stops.
  ~Server();

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // What drives this server's outgoing streams; it lives as long as the server.
  StreamPump& pump() { return pump_; }

  // Before Start. `name` is the generated `X::service_full_name()`: health is told by it. The service lives until the server
  // is stopped and destroyed.
  void Add(absl::string_view name, std::unique_ptr<grpc::Service> service);

  // Listens. INVALID_ARGUMENT: no address, or none of this machine, or open to others without their being
  // told in words; FAILED_PRECONDITION: the address is in use, or not allowed to us.
  // Health says NOT_SERVING from the first call on, until SetServing.
  absl::Status Start();

  // Of the services, in the order in which they were added.
  const std::vector<std::string>& names() const { return names_; }

  // Where it listens, with the port that was found; empty before Start.
  const std::string& address() const { return address_; }

  // Health of everything, and of one service.
  void SetServing(bool serving);
  void SetServing(absl::string_view service, bool serving);

  // NOT_SERVING first; then watches end with UNAVAILABLE, no call is taken, those in progress have stop_grace to end and are
  // then cancelled. Blocks for as long as there are any; an idle connection is not waited for. Repeats do nothing.
  void Stop();

 private:
  void EndCalls();

  const ServerOptions options_;
  HealthBoard health_;
  StreamPump pump_;
  HealthService health_service_;
  // Null where options_ have no metrics.
  const std::unique_ptr<CallMetrics> calls_;
  UnreadableRequests unreadable_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::vector<std::string> names_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace touchstone::rpc
