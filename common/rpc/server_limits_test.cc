// What a server lets its clients do, seen from their side.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "common/clock/system_clock.h"
#include "common/rpc/answer.h"
#include "common/rpc/client.h"
#include "common/rpc/server.h"
#include "touchstone/operations/v1/operations_service.grpc.pb.h"

namespace touchstone::rpc {
namespace {

using operations::v1::GetStatusRequest;
using operations::v1::GetStatusResponse;
using operations::v1::OperationsService;

// After it a test that waits for the server fails.
constexpr int kPatienceSeconds = 20;

// A client's side of a connection, byte by byte.
class Socket {
 public:
  explicit Socket(const std::string& server) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(std::stoi(server.substr(server.rfind(':') + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience = {.tv_sec = kPatienceSeconds, .tv_usec = 0};
    EXPECT_EQ(::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~Socket() { ::close(socket_); }

  void Say(absl::string_view bytes) {
    EXPECT_EQ(::write(socket_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  // So many, or fewer where the server hangs up.
  std::string Hear(size_t bytes) {
    std::string heard(bytes, '\0');
    size_t size = 0;
    ssize_t got = 1;
    for (; size < bytes && got > 0; size += static_cast<size_t>(std::max<ssize_t>(got, 0)))
      got = ::read(socket_, heard.data() + size, bytes - size);
    EXPECT_GE(got, 0) << "nothing was heard for " << kPatienceSeconds << " s";
    heard.resize(size);
    return heard;
  }

 private:
  const int socket_;
};

uint32_t BigEndian(absl::string_view bytes) {
  uint32_t value = 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<uint8_t>(byte);
  return value;
}

// What the server's first frame, its SETTINGS, says: value by number.
std::map<uint32_t, uint32_t> SettingsOf(Socket& socket) {
  constexpr size_t kHeader = 9;
  constexpr size_t kEntry = 6;
  // HTTP/2's preface and an empty SETTINGS frame.
  socket.Say(absl::string_view("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33));
  const std::string header = socket.Hear(kHeader);
  if (header.size() < kHeader || header[3] != 4) return {};
  const std::string entries = socket.Hear(BigEndian(absl::string_view(header).substr(0, 3)));
  std::map<uint32_t, uint32_t> settings;
  for (size_t at = 0; at + kEntry <= entries.size(); at += kEntry) {
    const absl::string_view entry = absl::string_view(entries).substr(at, kEntry);
    settings[BigEndian(entry.substr(0, 2))] = BigEndian(entry.substr(2));
  }
  return settings;
}

// Answers with so many bytes.
class LongService final : public OperationsService::CallbackService {
 public:
  explicit LongService(size_t bytes) : bytes_(bytes) {}
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context, const GetStatusRequest*,
                                      GetStatusResponse* response) override {
    return Answer(context, response, [&] {
      response->set_version(std::string(bytes_, 'x'));
      return absl::OkStatus();
    });
  }

 private:
  const size_t bytes_;
};

ServerOptions AnyPort() {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  return options;
}

TEST(ServerLimits, AnAnswerAboveTheLimitIsNotSent) {
  const clock::SystemClock clock;
  ServerOptions options = AnyPort();
  options.send_bytes_max = 1000;
  for (const auto& [bytes, code] :
       {std::pair(size_t{900}, absl::StatusCode::kOk), {size_t{1100}, absl::StatusCode::kResourceExhausted}}) {
    Server server(clock, options);
    server.Add(OperationsService::service_full_name(), std::make_unique<LongService>(bytes));
    ASSERT_TRUE(server.Start().ok());
    auto stub = OperationsService::NewStub(MakeChannel(server.address()));
    EXPECT_EQ(Call(*stub, &OperationsService::Stub::GetStatus, GetStatusRequest()).status().code(), code) << bytes;
  }
}

TEST(ServerLimits, AConnectionIsToldHowManyCallsItMayHaveAtOnce) {
  constexpr uint32_t kConcurrentStreamsMax = 3;
  const clock::SystemClock clock;
  ServerOptions options = AnyPort();
  options.streams_per_connection_max = 17;
  Server server(clock, options);
  ASSERT_TRUE(server.Start().ok());
  Socket socket(server.address());
  EXPECT_EQ(SettingsOf(socket)[kConcurrentStreamsMax], 17U);
}

TEST(ServerLimits, WhoDoesNotBeginToSpeakIsHungUpOn) {
  const clock::SystemClock clock;
  ServerOptions options = AnyPort();
  options.handshake_timeout = absl::Milliseconds(50);
  Server server(clock, options);
  ASSERT_TRUE(server.Start().ok());
  Socket socket(server.address());
  socket.Say("PRI");
  // What the server says of itself, and then its end.
  constexpr size_t kMore = 1 << 20;
  EXPECT_LT(socket.Hear(kMore).size(), kMore);
}

}  // namespace
}  // namespace touchstone::rpc
