#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "tests/simulation/observers/observer.h"
#include "tests/simulation/verdicts.h"

namespace touchstone::simulation {

// Bytes that begin so can be read by nobody, and are known to the observer.
inline constexpr char kPoisonBytes[] = "\xff\xff poison";

// Promises 2, 4 and 5, by what each commit holds: it moves on over records that are there, its outputs come from these records or
// from a timer that was due, an unreadable one leaves a dead letter in the same commit, and no output is ever there twice.
class CommitObserver : public Observer {
 public:
  explicit CommitObserver(Verdicts& verdicts) : verdicts_(verdicts) {}

  void OnWrite(const eventlog::DurableWrite& write, absl::Time now) override;
  void OnRecord(const Seen& seen) override;

 private:
  struct Range {
    int64_t begin = 0;
    int64_t end = 0;
  };
  // (topic, partition, offset).
  using Place = std::tuple<std::string, int32_t, int64_t>;
  using Ranges = std::map<std::string, Range>;

  Ranges MoveOn(const eventlog::DurableWrite::Task& task);
  void CheckPoison(const eventlog::DurableWrite& write, size_t task, const Ranges& ranges);
  void CheckOutput(const eventlog::DurableWrite::Item& item, const eventlog::DurableWrite::Task& task, const Ranges& ranges,
                   absl::Time now);

  Verdicts& verdicts_;
  std::map<std::pair<std::string, int32_t>, int64_t> ends_;
  std::map<std::tuple<std::string, int32_t, std::string>, int64_t> positions_;
  std::set<Place> poison_;
  // `TOPIC ID`.
  absl::flat_hash_set<std::string> ids_;
};

}  // namespace touchstone::simulation
