#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace touchstone::benchmarks {

// This program once more, as a process of its own: a server to measure. It dies with us, killed where it was not stopped.
class Child {
 public:
  // Runs this program with `arguments`; what it says on stderr goes to the file `log`. Blocks until it prints `ready ADDRESS`.
  // UNAVAILABLE: it ended before, or did not within `timeout`.
  static absl::StatusOr<std::unique_ptr<Child>> Start(const std::vector<std::string>& arguments, const std::string& log,
                                                      const clock::Clock& clock, absl::Duration timeout);
  // Kills.
  ~Child();

  const std::string& address() const { return address_; }
  // From the call of Start to `ready`.
  absl::Duration start_time() const { return start_time_; }

  // CPU time used so far by all its threads, to the kernel's tick (10 ms).
  absl::Duration CpuTime() const;

  // Of memory: what is resident now, and the most that ever was. In bytes; 0 where the kernel does not tell.
  int64_t ResidentBytes() const { return StatusBytes("VmRSS:"); }
  int64_t PeakResidentBytes() const { return StatusBytes("VmHWM:"); }

  // With SIGKILL: nothing is left time to tidy up. Repeats do nothing.
  void Kill();

 private:
  Child(pid_t pid, int output) : pid_(pid), output_(output) {}
  int64_t StatusBytes(absl::string_view field) const;
  absl::Status AwaitReady(const clock::Clock& clock, absl::Duration deadline);

  pid_t pid_;
  const int output_;
  std::string address_;
  absl::Duration start_time_;
};

}  // namespace touchstone::benchmarks
