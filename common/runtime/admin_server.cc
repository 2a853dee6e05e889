#include "common/runtime/admin_server.h"

#include <httplib.h>

#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/runtime/thread_name.h"

namespace touchstone::runtime {
namespace {

constexpr int kThreads = 2;
constexpr int kTimeoutSeconds = 2;
constexpr size_t kRequestBytesMax = 4096;

struct LoopbackAddress {
  std::string host;
  int port = 0;
};

std::optional<LoopbackAddress> ParseLoopback(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  LoopbackAddress address{.host = listen.substr(0, colon)};
  if (!absl::SimpleAtoi(listen.substr(colon + 1), &address.port) || address.port < 0 || address.port > 65535) return std::nullopt;
  if (address.host == "[::1]") address.host = "::1";
  const bool v4 = absl::StartsWith(address.host, "127.") && address.host.find_first_not_of("0123456789.") == std::string::npos;
  if (!v4 && address.host != "::1" && address.host != "localhost") return std::nullopt;
  return address;
}

// Its own default is SO_REUSEPORT, and a port in use would be shared without a word.
void SetSocketOptions(socket_t socket) {
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

}  // namespace

class AdminServer::Http {
 public:
  explicit Http(AdminPages pages) : pages_(std::move(pages)) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server_.set_socket_options(SetSocketOptions);
    server_.set_read_timeout(kTimeoutSeconds);
    server_.set_write_timeout(kTimeoutSeconds);
    server_.set_payload_max_length(kRequestBytesMax);
    server_.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(pages_.metrics(), "text/plain; version=0.0.4; charset=utf-8");
    });
    server_.Get("/healthz",
                [](const httplib::Request&, httplib::Response& response) { response.set_content("ok\n", "text/plain"); });
    server_.Get("/readyz", [this](const httplib::Request&, httplib::Response& response) {
      const bool ready = pages_.ready();
      response.status = ready ? 200 : 503;
      response.set_content(ready ? "ready\n" : "not ready\n", "text/plain");
    });
  }

  // The port, or -1.
  int Bind(const LoopbackAddress& address) {
    if (address.port == 0) return server_.bind_to_any_port(address.host.c_str());
    return server_.bind_to_port(address.host.c_str(), address.port) ? address.port : -1;
  }

  void Listen() {
    thread_ = std::thread([this] {
      SetThreadName("admin");
      server_.listen_after_bind();
    });
    // stop() before it runs would be forgotten.
    while (!server_.is_running()) std::this_thread::yield();
  }

  void Stop() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  const AdminPages pages_;
  httplib::Server server_;
  std::thread thread_;
};

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(const std::string& listen, AdminPages pages) {
  const std::optional<LoopbackAddress> address = ParseLoopback(listen);
  if (!address.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("admin address '", listen, "' is no port of this machine's loopback; write 127.0.0.1:9300"));
  }
  auto http = std::make_unique<Http>(std::move(pages));
  const int port = http->Bind(*address);
  if (port <= 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("admin address ", listen, " is in use: another touchstone runs there, or choose --admin"));
  }
  http->Listen();
  std::string bound = absl::StrCat(listen.substr(0, listen.rfind(':')), ":", port);
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(http), std::move(bound)));
}

AdminServer::AdminServer(std::unique_ptr<Http> http, std::string address)
    : http_(std::move(http)), address_(std::move(address)) {}

AdminServer::~AdminServer() { http_->Stop(); }

}  // namespace touchstone::runtime
