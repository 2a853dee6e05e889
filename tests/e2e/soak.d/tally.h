#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/e2e/soak.d/answer_faults.h"
#include "tests/e2e/soak.d/commit_monitor.h"
#include "tests/e2e/soak.d/disturbances.h"
#include "tests/e2e/soak.d/findings.h"
#include "tests/e2e/soak.d/outcome.h"

namespace touchstone::e2e {

// What was done to a run, and how it took it.
struct Tally {
  int64_t fed = 0;
  absl::Duration fed_within;
  int broken_streams = 0;
  // By instance.
  std::map<std::string, int> kills;
  std::map<std::string, int> zombies;
  // By broker's number.
  std::map<std::string, int> broker_kills;
  // Instances that ended without being asked to, and were started again.
  std::map<std::string, int> fallen;
  std::map<std::pair<Api, AnswerFault::Kind>, int> answers;
  // From a kill, or a stop, to the first commit of one of its tasks.
  std::map<Disturbance::Kind, std::vector<absl::Duration>> recoveries;
  int sends_taken = 0;
  int sends_reported = 0;
};

// Every point at which the plan does something, and how often it was hit.
std::map<std::string, int> FaultPoints(const Tally& tally, bool cluster);

// The longest time in which a task committed nothing though its inputs held something for it.
struct Gap {
  absl::Duration span;
  TaskName task;
  absl::Time begun;
};
// And adds as a finding what was never committed past.
Gap LongestGap(const std::map<TaskName, TaskCommits>& commits, const Outcome& outcome, Findings& findings);

// The table a run closes with.
std::string TableOf(const Tally& tally, const Gap& gap, const Outcome& outcome, const Findings& findings, bool cluster);

}  // namespace touchstone::e2e
