#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace touchstone::rpc {

// A stream that the pump drives: it has at most one message on its way out and asks for more when what it took is gone, so
// a reader that stops reading costs what one turn takes and no queue.
class Pumped {
 public:
  virtual ~Pumped() = default;

  // Does what can be done at `now` (Clock::Monotonic) and returns at once; only ever called by the pump's thread. False: it is
  // finished, the pump forgets it.
  virtual bool Pump(absl::Duration now) = 0;

  // Any thread: end with `why` at one of the next calls of Pump.
  virtual void Close(const absl::Status& why) = 0;
};

struct StreamPumpOptions {
  // Streams at once; one more is refused.
  int streams_max = 256;
  // A stream nobody wakes is looked at this often: heartbeats and ages are that exact.
  absl::Duration sweep = absl::Milliseconds(250);
  // What a refused stream is told to wait.
  absl::Duration retry_delay = absl::Seconds(5);
};

// Drives all outgoing streams of a server with one thread, which sleeps until it is woken or a sweep is due. Thread-safe.
class StreamPump {
 public:
  // `clock` is read on the pump's thread, and outlives the pump.
  explicit StreamPump(const clock::Clock& clock, StreamPumpOptions options = {});
  // Stops.
  ~StreamPump();

  StreamPump(const StreamPump&) = delete;
  StreamPump& operator=(const StreamPump&) = delete;

  // Drives `stream` from now on; soon, for the first time. RESOURCE_EXHAUSTED with RetryInfo where there are too many,
  // UNAVAILABLE after Close.
  absl::Status Add(std::shared_ptr<Pumped> stream);

  // There may be something new for everyone: a log was appended to. Never blocks; many calls are one turn.
  void Wake();

  // One stream may go on: its write is done, or it was cancelled. Unknown streams are ignored.
  void Wake(const Pumped* stream);

  // Closes every stream with `why` and takes no new one. The thread goes on until Stop, for streams end in its turns.
  void Close(const absl::Status& why);

  // Ends the thread and forgets what is left. Waits for the turn that is running. Not from that thread.
  void Stop();

  int size() const;

 private:
  void Run();
  // Blocks until there is something to do; the streams to look at, none if the pump stops.
  std::vector<std::shared_ptr<Pumped>> NextTurn();

  const clock::Clock& clock_;
  const StreamPumpOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  absl::flat_hash_map<const Pumped*, std::shared_ptr<Pumped>> streams_;
  absl::flat_hash_set<const Pumped*> woken_;
  bool all_woken_ = false;
  bool stopping_ = false;
  absl::Status closed_;
  absl::Duration next_sweep_ = -absl::InfiniteDuration();

  std::thread thread_;  // Last: it starts when all above is there.
};

}  // namespace touchstone::rpc
