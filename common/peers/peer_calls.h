#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/peers/owner_table.h"
#include "common/stream/task_reader.h"

namespace grpc {
class ClientContext;
}

namespace touchstone::peers {

// Asks other instances by PeerService, over one connection to each. Thread-safe.
class PeerCalls {
 public:
  // How long an answer may take: an instance that hangs must not hold up what others could answer. And one that waits for a
  // write, whatever the deadline of the ask says.
  static constexpr absl::Duration kAnswerTimeMax = absl::Seconds(2);
  static constexpr absl::Duration kWaitTimeMax = absl::Seconds(60);
  // Calls under way; one more is refused: RESOURCE_EXHAUSTED.
  static constexpr size_t kCallsMax = 10'000;

  // `clock` outlives it.
  explicit PeerCalls(const clock::Clock& clock);
  // Closes.
  ~PeerCalls();

  PeerCalls(const PeerCalls&) = delete;
  PeerCalls& operator=(const PeerCalls&) = delete;

  // Does not block. `done` is called once, on a thread of gRPC's, with the answer of the task or the error: UNAVAILABLE names the
  // instance, where it cannot be reached. FAILED_PRECONDITION of reason TASK_ELSEWHERE: it has the task no more.
  void Ask(const Owner& owner, const stream::TaskAsk& ask, stream::TaskReader::Done done);

  // Cancels the calls under way, and waits for them: their `done` are called. Who asks from now on is refused at once. Repeats do
  // nothing.
  void Close();

 private:
  struct Call;
  struct Peer;
  std::shared_ptr<Peer> PeerAt(const std::string& address);
  void Send(Call* call);
  void End(Call* call);

  const clock::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable ended_;
  // Guarded by mutex_.
  std::map<std::string, std::shared_ptr<Peer>> peers_;
  std::set<Call*> calls_;
  bool closed_ = false;
};

}  // namespace touchstone::peers
