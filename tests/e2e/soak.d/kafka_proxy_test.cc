#include "tests/e2e/soak.d/kafka_proxy.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/clock/system_clock.h"
#include "common/status/invariant.h"

namespace touchstone::e2e {
namespace {

constexpr int kEndTxn = static_cast<int>(Api::kEndTxn);
constexpr int kFetch = 1;

std::string BigEndian(size_t value, int bytes) {
  std::string text;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) text.push_back(static_cast<char>(value >> shift & 0xff));
  return text;
}

// A message with its length.
std::string Framed(const std::string& body) { return BigEndian(body.size(), 4) + body; }
std::string Request(int api_key, int correlation_id, const std::string& rest = "") {
  return Framed(BigEndian(static_cast<size_t>(api_key), 2) + BigEndian(3, 2) + BigEndian(static_cast<size_t>(correlation_id), 4) +
                rest);
}
std::string Answer(int correlation_id) { return Framed(BigEndian(static_cast<size_t>(correlation_id), 4)); }

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

// Exactly so many bytes, or fewer where the other side closes first.
std::string Received(int descriptor, size_t bytes) {
  std::string text(bytes, '\0');
  size_t have = 0;
  while (have < bytes) {
    const ssize_t count = recv(descriptor, text.data() + have, bytes - have, 0);
    if (count <= 0) break;
    have += static_cast<size_t>(count);
  }
  return text.substr(0, have);
}

// Answers each request with its correlation id alone; one connection after the other.
class Broker {
 public:
  Broker() {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof(address);
    INVARIANT(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(listener_, 8) == 0 &&
                  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0,
              "no broker");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~Broker() { Stop(); }
  void Stop() {
    if (!thread_.joinable()) return;
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  int port() const { return port_; }
  // Once it has stopped: the correlation ids of what it was asked.
  const std::vector<std::string>& asked() const { return asked_; }

 private:
  void Serve() {
    for (int client = accept(listener_, nullptr, nullptr); client >= 0; client = accept(listener_, nullptr, nullptr)) {
      while (true) {
        const std::string length = Received(client, 4);
        if (length.size() < 4) break;
        const std::string body =
            Received(client, static_cast<unsigned char>(length[2]) * 256u + static_cast<unsigned char>(length[3]));
        asked_.push_back(body.substr(4, 4));
        const std::string answer = Framed(body.substr(4, 4));
        send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
      }
      close(client);
    }
  }

  int listener_ = -1;
  int port_ = 0;
  std::vector<std::string> asked_;
  std::thread thread_;
};

class Client {
 public:
  explicit Client(int port) : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_in address = Loopback(port);
    INVARIANT(connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0, "not connected");
  }
  ~Client() { Hang(); }
  void Hang() {
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = -1;
  }
  void Send(const std::string& bytes) { send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  std::string Receive(size_t bytes) { return Received(descriptor_, bytes); }

 private:
  int descriptor_;
};

class KafkaProxyTest : public testing::Test {
 protected:
  const clock::SystemClock clock_;
  AnswerFaults faults_;
  Broker broker_;
  const std::unique_ptr<KafkaProxy> proxy_ = *KafkaProxy::Start(broker_.port(), faults_, clock_);
};

TEST_F(KafkaProxyTest, PassesEverythingOnInOrder) {
  Client client(proxy_->port());
  client.Send(Request(kFetch, 1, std::string(20'000, 'x')) + Request(kEndTxn, 2) + Request(kFetch, 3));
  EXPECT_EQ(client.Receive(24), Answer(1) + Answer(2) + Answer(3));
}

TEST_F(KafkaProxyTest, AMessageMayComeInPieces) {
  Client client(proxy_->port());
  for (const char byte : Request(kFetch, 77)) client.Send(std::string(1, byte));
  EXPECT_EQ(client.Receive(8), Answer(77));
}

// More than a socket holds.
TEST_F(KafkaProxyTest, PassesOnWhatIsLarge) {
  constexpr int kRequests = 2000;
  Client client(proxy_->port());
  std::thread asking([&] {
    for (int i = 0; i < kRequests; ++i) client.Send(Request(kFetch, i, std::string(20'000, 'x')));
  });
  for (int i = 0; i < kRequests; ++i) EXPECT_EQ(client.Receive(8), Answer(i));
  asking.join();
}

TEST_F(KafkaProxyTest, ACutAnswerWasGivenAndNeverComes) {
  faults_.Arm(Api::kEndTxn, {AnswerFault::Kind::kCut});
  Client client(proxy_->port());
  client.Send(Request(kFetch, 1) + Request(kEndTxn, 2));
  EXPECT_EQ(client.Receive(16), Answer(1)) << "and the end of the connection";
  client.Hang();
  Client again(proxy_->port());
  again.Send(Request(kEndTxn, 3));
  EXPECT_EQ(again.Receive(8), Answer(3)) << "once only";
  again.Hang();
  broker_.Stop();
  EXPECT_EQ(broker_.asked().size(), 3u) << "the broker was asked each time";
  EXPECT_EQ((faults_.hits()[{Api::kEndTxn, AnswerFault::Kind::kCut}]), 1);
}

TEST_F(KafkaProxyTest, ADelayedAnswerComesLateAndInItsPlace) {
  constexpr absl::Duration kDelay = absl::Milliseconds(150);
  faults_.Arm(Api::kEndTxn, {AnswerFault::Kind::kDelay, kDelay});
  Client client(proxy_->port());
  const absl::Duration begun = clock_.Monotonic();
  client.Send(Request(kFetch, 1) + Request(kEndTxn, 2) + Request(kFetch, 3));
  EXPECT_EQ(client.Receive(8), Answer(1));
  EXPECT_LT(clock_.Monotonic() - begun, kDelay);
  EXPECT_EQ(client.Receive(16), Answer(2) + Answer(3));
  EXPECT_GE(clock_.Monotonic() - begun, kDelay);
  client.Send(Request(kEndTxn, 4));
  EXPECT_EQ(client.Receive(8), Answer(4)) << "and goes on at once";
}

TEST_F(KafkaProxyTest, WhatIsArmedMayBeForgotten) {
  faults_.Arm(Api::kProduce, {AnswerFault::Kind::kCut});
  faults_.Calm();
  Client client(proxy_->port());
  client.Send(Request(static_cast<int>(Api::kProduce), 1));
  EXPECT_EQ(client.Receive(8), Answer(1));
  EXPECT_TRUE(faults_.hits().empty());
}

TEST_F(KafkaProxyTest, WhileTheBrokerIsGoneItHangsUp) {
  broker_.Stop();
  Client client(proxy_->port());
  EXPECT_EQ(client.Receive(1), "");
}

}  // namespace
}  // namespace touchstone::e2e
