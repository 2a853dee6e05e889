#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "tests/e2e/soak.d/answer_faults.h"
#include "tests/e2e/soak.d/kafka_frames.h"

namespace touchstone::e2e {

// Stands between a broker and its clients, which know the broker by this address alone (advertised.listeners). Passes everything
// on, message by message, but for the answers that `AnswerFaults` wants cut or delayed: those the broker has given, so what was
// asked is done. A delayed answer holds up what follows it on its connection. While the broker is gone, a connection is closed as
// soon as it is made.
class KafkaProxy {
 public:
  // Listens on 127.0.0.1 at a port of its own; the broker is, or will be, at `broker_port`. `faults` and `clock` outlive it.
  static absl::StatusOr<std::unique_ptr<KafkaProxy>> Start(int broker_port, AnswerFaults& faults, const clock::Clock& clock);
  // Closes all connections.
  ~KafkaProxy();

  KafkaProxy(const KafkaProxy&) = delete;
  KafkaProxy& operator=(const KafkaProxy&) = delete;

  int port() const { return port_; }

 private:
  // What waits to be sent on.
  struct Outgoing {
    std::string bytes;
    // Of them, how many were sent: cut off when all are, for an answer may have megabytes.
    size_t sent = 0;
    bool empty() const { return sent == bytes.size(); }
    // As much as the other side takes now. False: it has closed.
    bool SendTo(int descriptor);
  };
  // A client's connection and the one to the broker that belongs to it.
  struct Connection {
    int client = -1;
    int broker = -1;
    KafkaFrames requests;
    KafkaFrames answers;
    // What is on its way, by where it goes.
    Outgoing to_broker;
    Outgoing to_client;
    // Of the requests that are not answered yet.
    std::deque<int> api_keys;
    // Until then nothing goes to the client; zero: it goes at once.
    absl::Duration held_until = absl::ZeroDuration();
    // What waits for that, first the delayed answer itself.
    std::string held;
  };

  KafkaProxy(int broker_port, AnswerFaults& faults, const clock::Clock& clock)
      : broker_port_(broker_port), faults_(faults), clock_(clock) {}

  absl::Status Listen();
  void Run();
  void Accept();
  void OnReady(int descriptor, unsigned events);
  // False: the connection is to be closed.
  bool ReadClient(Connection& connection);
  bool ReadBroker(Connection& connection);
  bool Flush(Connection& connection);
  void Watch(const Connection& connection);
  void Close(const std::shared_ptr<Connection>& connection);
  void Hold(Connection& connection, absl::Duration delay);
  void LetGoWhatWasHeld();
  int MillisecondsToNext() const;

  const int broker_port_;
  AnswerFaults& faults_;
  const clock::Clock& clock_;
  int listener_ = -1;
  int epoll_ = -1;
  int wake_ = -1;
  int port_ = 0;
  // The thread's own, by both descriptors of each.
  std::map<int, std::shared_ptr<Connection>> connections_;
  // Of these, how many hold an answer back.
  int held_count_ = 0;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace touchstone::e2e
