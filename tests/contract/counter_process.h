#pragma once

#include <sys/types.h>

#include <atomic>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/clock/system_clock.h"
#include "common/eventlog/event_log.h"
#include "tests/contract/kafka_under_test.h"

// A process that counts on a real broker, what it is fed, and what a model says that it writes.
namespace touchstone::eventlog {

inline constexpr int kCounterPartitions = 4;

// `words`, which it counts; `counts` and `ticks`, which it writes; and what it needs.
TopicCatalog CounterTopics();
// Its group and its state, without the prefix.
inline constexpr char kCounterKind[] = "counter";

// A process that counts until it is killed. It says of each record which of its key it is, and by a timer of each tenth that it
// was seen.
class CounterProcess {
 public:
  struct Options {
    std::string instance;
    absl::Duration session_timeout = absl::Seconds(2);
  };

  // For main(), before anything else: counts, where these are a counter's arguments, and does not come back; else does nothing.
  static void RunIfAsked(int argc, char** argv);

  CounterProcess(const KafkaUnderTest& kafka, const Options& options);
  // Kills it with -9.
  ~CounterProcess();
  CounterProcess(const CounterProcess&) = delete;
  CounterProcess& operator=(const CounterProcess&) = delete;

  // It is expected to work until it is killed.
  bool lives() const;
  void Stop() const;
  void GoOn() const;

 private:
  const pid_t process_;
};

// Where a counter keeps its copies.
std::string CounterFolder(const KafkaUnderTest& kafka, const std::string& instance);

// Feeds counters, and reads what they say.
class CounterLoad {
 public:
  // So many are on their way at a time: counters always have something to do, and a kill always hits them at work.
  static constexpr int kAhead = 2'000;

  // `log` outlives it.
  explicit CounterLoad(EventLog& log);

  // Feeds and reads until so many records have been counted and so many ticks seen. False: it does not go on.
  bool RunUntil(size_t counted, size_t ticked);

  // At least so many records are fed in all, and then no more; and what an undisturbed counter would have written of them was
  // written, and nothing else. Runs until all of it is there.
  void ExpectWhatTheModelSays(int records);

  size_t counted() const { return records_.size(); }
  // The longest time, since the last call, in which nothing came from some partition of what there was to do in each.
  absl::Duration TakeLongestGap();

 private:
  void Feed();
  size_t Read();

  EventLog& log_;
  const clock::SystemClock clock_;
  int feed_max_ = std::numeric_limits<int>::max();
  std::unique_ptr<Tail> counts_;
  std::unique_ptr<Tail> ticks_;
  int fed_ = 0;
  std::atomic<int> refused_ = 0;
  std::vector<Record> records_;
  std::multiset<std::string> tick_values_;
  std::map<int, absl::Duration> last_by_partition_;
  absl::Duration longest_gap_;
};

}  // namespace touchstone::eventlog
