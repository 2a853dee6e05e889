// Runs worlds of the simulation: a number of seeds, some minutes, or one seed again. See tests/simulation/run.

#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock/system_clock.h"
#include "tests/simulation/shrink.h"
#include "tests/simulation/world.h"

namespace touchstone::simulation {
namespace {

constexpr int kShrinkRunsMax = 120;
constexpr size_t kTraceLinesMax = 80;
// From so many worlds on every fault must have happened: in fewer, rare ones may be missing by chance.
constexpr uint64_t kFairWorlds = 2000;

struct Arguments {
  uint64_t first_seed = 0;
  uint64_t seeds = 0;
  absl::Duration time = absl::ZeroDuration();
  bool is_one = false;
  // Of one.
  WorldOptions options;
};

int Refuse(absl::string_view what) {
  std::fprintf(stderr, "%s\n", absl::StrCat("tests/simulation/run: ", what).c_str());
  return 2;
}

// Whether it makes sense.
bool Parse(const std::vector<std::string>& words, Arguments& arguments) {
  double minutes = 0;
  for (size_t i = 0; i + 1 < words.size(); i += 2) {
    const std::string& value = words[i + 1];
    if (words[i] == "--seed" && absl::SimpleAtoi(value, &arguments.first_seed)) {
      arguments.is_one = true;
    } else if (words[i] == "--first-seed" && absl::SimpleAtoi(value, &arguments.first_seed)) {
      continue;
    } else if (words[i] == "--seeds" && absl::SimpleAtoi(value, &arguments.seeds)) {
      continue;
    } else if (words[i] == "--minutes" && absl::SimpleAtod(value, &minutes)) {
      arguments.time = absl::Minutes(minutes);
    } else if (words[i] == "--faults" && absl::SimpleAtoi(value, &arguments.options.faults_max)) {
      continue;
    } else if (words[i] == "--spare") {
      arguments.options.spared_faults = absl::StrSplit(value, ',');
    } else if (words[i] == "--customers") {
      arguments.options.only_customers = absl::StrSplit(value, ',');
    } else {
      return false;
    }
  }
  return words.size() % 2 == 0 && (arguments.is_one || arguments.seeds > 0 || arguments.time > absl::ZeroDuration());
}

WorldOptions OptionsWith(uint64_t seed, const WorldOptions& taken_away) {
  WorldOptions options = OptionsOf(seed);
  options.faults_max = taken_away.faults_max;
  options.spared_faults = taken_away.spared_faults;
  options.only_customers = taken_away.only_customers;
  return options;
}

// What went wrong in the smallest world that still shows it, and the command that repeats it.
void Show(const WorldOptions& options, const WorldOutcome& failed) {
  WorldOptions shrunk = Shrunk(options, failed, kShrinkRunsMax);
  shrunk.keeps_lines = true;
  const WorldOutcome outcome = RunWorld(shrunk);
  const Violation& first = outcome.violations.front();
  std::printf("%s\n", Shortened(outcome.lines, first.subject, kTraceLinesMax).c_str());
  for (const Violation& each : outcome.violations) {
    std::printf("seed %lu, after step %ld: %s (%s: %s)\n  %s\n", shrunk.seed, each.step,
                std::string(InfoOf(each.check).name).c_str(), std::string(InfoOf(each.check).promise).c_str(),
                std::string(InfoOf(each.check).holds).c_str(), each.text.c_str());
  }
  std::printf("repeat: tests/simulation/run %s\nin full: tests/simulation/run --seed %lu\n", ArgumentsOf(shrunk).c_str(),
              shrunk.seed);
}

struct Sum {
  uint64_t worlds = 0;
  int64_t steps = 0;
  int64_t moments = 0;
  int64_t escalations = 0;
  int64_t sends = 0;
  int64_t restarts = 0;
  std::vector<int64_t> hits = std::vector<int64_t>(FaultNames().size(), 0);

  void Add(const WorldOutcome& outcome) {
    ++worlds;
    steps += outcome.steps;
    moments += outcome.moments;
    escalations += outcome.escalations;
    sends += outcome.sends;
    restarts += outcome.restarts;
    for (size_t i = 0; i < hits.size(); ++i) hits[i] += outcome.fault_hits[i];
  }
};

// Returns how many faults never happened.
int ShowFaults(const Sum& sum) {
  int never = 0;
  for (size_t i = 0; i < FaultNames().size(); ++i) {
    never += sum.hits[i] == 0;
    std::printf("  %-22s %10ld%s\n", FaultNames()[i].c_str(), sum.hits[i], sum.hits[i] == 0 ? "  NEVER" : "");
  }
  return never;
}

int RunAll(const Arguments& arguments) {
  const clock::SystemClock clock;
  const absl::Duration begun = clock.Monotonic();
  const uint64_t seeds = arguments.seeds > 0 ? arguments.seeds : std::numeric_limits<uint64_t>::max();
  Sum sum;
  for (uint64_t seed = arguments.first_seed; sum.worlds < seeds; ++seed) {
    if (arguments.time > absl::ZeroDuration() && clock.Monotonic() - begun >= arguments.time) break;
    const WorldOptions options = OptionsWith(seed, arguments.options);
    const WorldOutcome outcome = RunWorld(options);
    if (!outcome.violations.empty()) {
      Show(options, outcome);
      return 1;
    }
    sum.Add(outcome);
  }
  const double seconds = absl::ToDoubleSeconds(clock.Monotonic() - begun);
  std::printf(
      "%lu worlds in %.1f s, %.1f a second: %ld steps, %ld moments, %ld escalations, %ld sends, %ld restarts; all %d checks "
      "held\n",
      sum.worlds, seconds, static_cast<double>(sum.worlds) / seconds, sum.steps, sum.moments, sum.escalations, sum.sends,
      sum.restarts, kCheckCount);
  const int never = ShowFaults(sum);
  if (never == 0) return 0;
  std::printf("%d of %zu faults never happened", never, FaultNames().size());
  if (sum.worlds < kFairWorlds) {
    std::printf("; that is a failure from %lu worlds on\n", kFairWorlds);
    return 0;
  }
  std::printf(": what they should show was not shown\n");
  return 1;
}

int RunOne(const Arguments& arguments) {
  WorldOptions options = OptionsWith(arguments.first_seed, arguments.options);
  options.keeps_lines = true;
  const WorldOutcome outcome = RunWorld(options);
  const std::string subject = outcome.violations.empty() ? "" : outcome.violations.front().subject;
  std::printf("%s", Shortened(outcome.lines, subject, kTraceLinesMax).c_str());
  for (const Violation& each : outcome.violations) {
    std::printf("after step %ld: %s: %s\n", each.step, std::string(InfoOf(each.check).name).c_str(), each.text.c_str());
  }
  std::printf("seed %lu: %ld steps, trace %016lx, %s\n", options.seed, outcome.steps, outcome.trace,
              outcome.violations.empty() ? "all checks held" : "FAILED");
  return outcome.violations.empty() ? 0 : 1;
}

}  // namespace
}  // namespace touchstone::simulation

int main(int argc, char** argv) {
  namespace simulation = touchstone::simulation;
  simulation::Arguments arguments;
  if (!simulation::Parse({argv + 1, argv + argc}, arguments))
    return simulation::Refuse("give --seeds N, --minutes M or --seed S; tests/simulation/run --help");
  return arguments.is_one ? simulation::RunOne(arguments) : simulation::RunAll(arguments);
}
