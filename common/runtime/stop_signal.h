#pragma once

#include <mutex>

#include "absl/status/status.h"

namespace touchstone::runtime {

// Why a process ends. From its construction on SIGTERM and SIGINT are a request to stop; the second of them ends the process at
// once with 128 plus its number. SIGPIPE and SIGXFSZ are ignored: what they stand for is an error of the write. At most one at a
// time in a process; what the signals did before is restored at its end. Thread-safe.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();

  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // Asks to stop, from any thread: `why` is OK, or what made it impossible to go on. The first counts.
  void Request(const absl::Status& why);

  // Blocks until a signal came (OK) or Request was called (its `why`). Returns the same again when called again.
  absl::Status Wait();

 private:
  std::mutex mutex_;
  bool requested_ = false;  // Guarded by mutex_.
  absl::Status why_;        // Guarded by mutex_.
};

}  // namespace touchstone::runtime
