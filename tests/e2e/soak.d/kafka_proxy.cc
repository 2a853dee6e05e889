#include "tests/e2e/soak.d/kafka_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace touchstone::e2e {
namespace {

constexpr size_t kReadBytes = 256 << 10;
constexpr int kEventsMax = 64;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

// What there is to read now. False: the other side has closed.
bool ReadSome(int descriptor, KafkaFrames& frames) {
  static thread_local std::string buffer(kReadBytes, '\0');
  const ssize_t count = recv(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count > 0) frames.Append(absl::string_view(buffer.data(), static_cast<size_t>(count)));
  return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

void SendAtOnce(int descriptor) {
  const int yes = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaProxy>> KafkaProxy::Start(int broker_port, AnswerFaults& faults, const clock::Clock& clock) {
  std::unique_ptr<KafkaProxy> proxy(new KafkaProxy(broker_port, faults, clock));
  RETURN_IF_ERROR(proxy->Listen());
  proxy->thread_ = std::thread([proxy = proxy.get()] { proxy->Run(); });
  return proxy;
}

absl::Status KafkaProxy::Listen() {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, SOMAXCONN) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return absl::UnavailableError(absl::StrCat("the proxy of 127.0.0.1:", broker_port_, " cannot listen"));
  port_ = ntohs(address.sin_port);
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  wake_ = eventfd(0, EFD_CLOEXEC);
  for (const int descriptor : {listener_, wake_}) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = descriptor}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
  }
  return absl::OkStatus();
}

KafkaProxy::~KafkaProxy() {
  stopping_ = true;
  const uint64_t one = 1;
  if (thread_.joinable() && write(wake_, &one, sizeof(one)) > 0) thread_.join();
  while (!connections_.empty()) Close(connections_.begin()->second);
  for (const int descriptor : {listener_, epoll_, wake_}) close(descriptor);
}

bool KafkaProxy::Outgoing::SendTo(int descriptor) {
  if (empty()) return true;
  const ssize_t count = send(descriptor, bytes.data() + sent, bytes.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count > 0) sent += static_cast<size_t>(count);
  if (empty()) {
    bytes.clear();
    sent = 0;
  }
  return count >= 0 || errno == EAGAIN || errno == EINTR;
}

void KafkaProxy::Run() {
  epoll_event events[kEventsMax];
  while (!stopping_) {
    const int count = epoll_wait(epoll_, events, kEventsMax, MillisecondsToNext());
    for (int i = 0; i < count; ++i) {
      if (events[i].data.fd == listener_) Accept();
      OnReady(events[i].data.fd, events[i].events);
    }
    LetGoWhatWasHeld();
  }
}

void KafkaProxy::Accept() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0) return;
  // Blocking: on loopback a broker takes a connection at once, or refuses it at once.
  const int broker = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(broker_port_);
  if (connect(broker, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    close(client);
    close(broker);
    return;
  }
  auto connection = std::make_shared<Connection>();
  connection->client = client;
  connection->broker = broker;
  for (const int descriptor : {client, broker}) {
    SendAtOnce(descriptor);
    connections_[descriptor] = connection;
    epoll_event event{.events = EPOLLIN, .data = {.fd = descriptor}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
  }
}

void KafkaProxy::OnReady(int descriptor, unsigned events) {
  const auto found = connections_.find(descriptor);
  if (found == connections_.end()) return;
  const std::shared_ptr<Connection> connection = found->second;
  bool open = true;
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
    open = descriptor == connection->client ? ReadClient(*connection) : ReadBroker(*connection);
  // What the broker said before it closed is still told.
  const bool flushed = Flush(*connection);
  if (open && flushed) return Watch(*connection);
  Close(connection);
}

bool KafkaProxy::ReadClient(Connection& connection) {
  const bool open = ReadSome(connection.client, connection.requests);
  while (const std::optional<std::string> request = connection.requests.Next()) {
    connection.api_keys.push_back(ApiKeyOf(*request));
    connection.to_broker.bytes += *request;
  }
  return open;
}

bool KafkaProxy::ReadBroker(Connection& connection) {
  const bool open = ReadSome(connection.broker, connection.answers);
  while (const std::optional<std::string> answer = connection.answers.Next()) {
    const int api_key = connection.api_keys.empty() ? -1 : connection.api_keys.front();
    if (!connection.api_keys.empty()) connection.api_keys.pop_front();
    const std::optional<AnswerFault> fault = faults_.Take(api_key);
    if (fault.has_value() && fault->kind == AnswerFault::Kind::kCut) return false;
    if (fault.has_value()) Hold(connection, fault->delay);
    (connection.held_until > absl::ZeroDuration() ? connection.held : connection.to_client.bytes) += *answer;
  }
  return open;
}

void KafkaProxy::Hold(Connection& connection, absl::Duration delay) {
  if (connection.held_until == absl::ZeroDuration()) ++held_count_;
  connection.held_until = std::max(connection.held_until, clock_.Monotonic() + delay);
}

bool KafkaProxy::Flush(Connection& connection) {
  return connection.to_broker.SendTo(connection.broker) && connection.to_client.SendTo(connection.client);
}

void KafkaProxy::Watch(const Connection& connection) {
  for (const auto& [descriptor, waiting] : {std::pair(connection.client, !connection.to_client.empty()),
                                            std::pair(connection.broker, !connection.to_broker.empty())}) {
    epoll_event event{.events = waiting ? EPOLLIN | EPOLLOUT : static_cast<uint32_t>(EPOLLIN), .data = {.fd = descriptor}};
    epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event);
  }
}

void KafkaProxy::Close(const std::shared_ptr<Connection>& connection) {
  if (connection->held_until > absl::ZeroDuration()) --held_count_;
  for (const int descriptor : {connection->client, connection->broker}) {
    connections_.erase(descriptor);
    close(descriptor);
  }
}

void KafkaProxy::LetGoWhatWasHeld() {
  if (held_count_ == 0) return;
  const absl::Duration now = clock_.Monotonic();
  std::vector<std::shared_ptr<Connection>> due;
  for (const auto& [descriptor, connection] : connections_) {
    const bool held = connection->held_until > absl::ZeroDuration();
    if (descriptor == connection->client && held && connection->held_until <= now) due.push_back(connection);
  }
  for (const std::shared_ptr<Connection>& connection : due) {
    connection->to_client.bytes += connection->held;
    connection->held.clear();
    connection->held_until = absl::ZeroDuration();
    --held_count_;
    if (Flush(*connection)) {
      Watch(*connection);
    } else {
      Close(connection);
    }
  }
}

int KafkaProxy::MillisecondsToNext() const {
  if (held_count_ == 0) return -1;
  absl::Duration next = absl::InfiniteDuration();
  for (const auto& [descriptor, connection] : connections_) {
    if (connection->held_until > absl::ZeroDuration()) next = std::min(next, connection->held_until);
  }
  const absl::Duration left = absl::Ceil(next - clock_.Monotonic(), absl::Milliseconds(1));
  return static_cast<int>(std::max<int64_t>(0, absl::ToInt64Milliseconds(left)));
}

}  // namespace touchstone::e2e
