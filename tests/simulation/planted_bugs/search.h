#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace touchstone::planted {

// Which worlds a bug is looked for in, in this order.
struct SearchPlan {
  // One that showed it before, if there is one.
  std::optional<uint64_t> hint;
  // Then 0 up to this one.
  uint64_t seeds = 0;
};

// What a search came to.
struct Finding {
  bool is_caught = false;
  // The world in which it was caught.
  uint64_t seed = 0;
  // The check that did not hold; `crash` or `hang` where the process did not survive the bug.
  std::string check;
  std::string text;
  absl::Duration time;
};

// One bug looked for in a process of its own, so that neither a crash nor an endless loop ends the others. The clock outlives it.
class Search {
 public:
  // Begins: forks. `bug` is its number; -1 looks for what is wrong without any.
  Search(int bug, const SearchPlan& plan, const clock::Clock& clock);
  ~Search();
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

  pid_t process() const { return process_; }
  // After the process has ended with `status`, as waitpid says it.
  Finding Finish(int status);

 private:
  // Where the process says how far it is.
  struct Progress {
    uint64_t seed = 0;
    bool is_caught = false;
  };

  [[noreturn]] void Run(int bug, const SearchPlan& plan);
  void TryWorld(uint64_t seed);
  std::string ReadAll() const;

  const clock::Clock& clock_;
  const absl::Duration begun_;
  // Shared with the process.
  Progress* progress_ = nullptr;
  // What the process says: how it was caught, or why it ended.
  int told_ = -1;
  pid_t process_ = -1;
};

}  // namespace touchstone::planted
