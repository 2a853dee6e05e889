#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "common/clock/system_clock.h"
#include "tools/benchmarks/cpu_time.h"

namespace touchstone::benchmarks {

// What something took of a thread: the time it worked, and the time it took with what it waited for.
struct Spent {
  absl::Duration cpu;
  absl::Duration wall;
  int64_t calls = 0;

  Spent& operator+=(const Spent& other) {
    cpu += other.cpu;
    wall += other.wall;
    calls += other.calls;
    return *this;
  }
  friend Spent operator-(Spent a, const Spent& b) { return {a.cpu - b.cpu, a.wall - b.wall, a.calls - b.calls}; }
};

// Runs from when it is made. Of one thread.
class Stopwatch {
 public:
  // One call.
  Spent Lap() const {
    const absl::Duration cpu = ThreadCpu();
    const absl::Duration wall = clock::SystemClock().Monotonic();
    return {cpu - cpu_, wall - wall_, 1};
  }
  // The same for so many calls, of which this cheap one stands for all: without what looking at the clocks took.
  Spent LapFor(int64_t times) const {
    static const Spent look = Look();
    const Spent spent = Lap() - look;
    return {spent.cpu * times, spent.wall * times, times};
  }

 private:
  // What a stopwatch shows of nothing: the mean of many.
  static Spent Look() {
    constexpr int kLooks = 1'000;
    Spent all;
    for (int i = 0; i < kLooks; ++i) all += Stopwatch().Lap();
    return {all.cpu / kLooks, all.wall / kLooks, 0};
  }

  const absl::Duration cpu_ = ThreadCpu();
  const absl::Duration wall_ = clock::SystemClock().Monotonic();
};

// What is called for each record is timed once in so many calls: a look at the clocks costs as much as a cheap call.
inline constexpr int64_t kTimedOnceIn = 16;

}  // namespace touchstone::benchmarks
