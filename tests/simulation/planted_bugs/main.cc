// Plants one bug after the other in the simulated suite, and says by which seed and which check each was caught. See README.md.

#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/clock/system_clock.h"
#include "tests/simulation/planted_bugs/bug_table.h"
#include "tests/simulation/planted_bugs/search.h"
#include "tests/simulation/world.h"

namespace touchstone::planted {
namespace {

constexpr char kHintsFile[] = "tests/simulation/planted_bugs/hints.txt";
constexpr size_t kBugsPerPromise = 3;
constexpr int kNoBug = -1;

// What is promised, and so must have bugs that break it.
constexpr const char* kPromises[] = {"runtime.md 1",
                                     "runtime.md 2",
                                     "runtime.md 3",
                                     "runtime.md 4",
                                     "runtime.md 5",
                                     "task time",
                                     "routing.md 1",
                                     "routing.md 2",
                                     "routing.md 3",
                                     "routing.md 4",
                                     "routing.md 5",
                                     "routing.md 6",
                                     "outreach.md: no send after a committed withdrawal",
                                     "outreach.md: no send in quiet hours",
                                     "outreach.md: no cap passed",
                                     "outreach.md: one send per step and journey",
                                     "outreach.md: the same order gives the same sends",
                                     "journey.md"};

struct Arguments {
  uint64_t seeds = 10'000;
  // Worlds that are run without a bug first.
  uint64_t clean_seeds = 100;
  int jobs = 1;
  bool use_hints = true;
  bool note_hints = false;
  bool gaps = false;
  std::set<std::string> only;
};

using Hints = std::map<std::string, uint64_t>;
using Findings = std::map<int, Finding>;

bool Parse(const std::vector<std::string>& words, Arguments& arguments) {
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const std::string value = i + 1 < words.size() ? words[i + 1] : "";
    if (word == "--full" || word == "--note-hints") {
      arguments.use_hints = false;
      arguments.note_hints |= word == "--note-hints";
    } else if (word == "--gaps") {
      arguments.gaps = true;
    } else if ((word == "--seeds" && absl::SimpleAtoi(value, &arguments.seeds)) ||
               (word == "--clean" && absl::SimpleAtoi(value, &arguments.clean_seeds)) ||
               (word == "--jobs" && absl::SimpleAtoi(value, &arguments.jobs) && arguments.jobs > 0)) {
      ++i;
    } else if (word == "--bug" && !value.empty()) {
      arguments.only = absl::StrSplit(value, ',');
      ++i;
    } else {
      return false;
    }
  }
  return true;
}

Hints ReadHints() {
  Hints hints;
  std::ifstream file(kHintsFile);
  std::string id;
  for (uint64_t seed = 0; file >> id >> seed;) hints[id] = seed;
  return hints;
}

void WriteHints(const Hints& hints) {
  std::ofstream file(kHintsFile);
  for (const auto& [id, seed] : hints) file << id << ' ' << seed << '\n';
}

std::vector<int> Chosen(const Arguments& arguments) {
  std::vector<int> chosen;
  for (size_t i = 0; i < AllBugs().size(); ++i) {
    const Bug& bug = AllBugs()[i];
    if (arguments.only.empty() ? bug.is_gap == arguments.gaps : arguments.only.contains(bug.id))
      chosen.push_back(static_cast<int>(i));
  }
  return chosen;
}

std::string IdOf(int bug) { return bug == kNoBug ? "no bug" : AllBugs()[static_cast<size_t>(bug)].id; }

void ShowRow(int bug, const Finding& finding) {
  const std::string breaks = bug == kNoBug ? "" : absl::StrJoin(AllBugs()[static_cast<size_t>(bug)].breaks, ", ");
  const std::string seed = finding.is_caught ? absl::StrCat(finding.seed) : "-";
  const char* missed = bug == kNoBug ? "(all holds)" : "NOT CAUGHT";
  std::printf("%-42s %6s %-26s %7.1f  %s\n", IdOf(bug).c_str(), seed.c_str(), finding.is_caught ? finding.check.c_str() : missed,
              absl::ToDoubleSeconds(finding.time), breaks.c_str());
  std::fflush(stdout);
}

// Looks for all of them, some at a time, and says each as it is found.
Findings SearchAll(const std::vector<int>& bugs, const Arguments& arguments, const Hints& hints, const clock::Clock& clock) {
  Findings findings;
  std::map<pid_t, std::pair<int, std::unique_ptr<Search>>> running;
  for (size_t next = 0; next < bugs.size() || !running.empty();) {
    if (next < bugs.size() && running.size() < static_cast<size_t>(arguments.jobs)) {
      const int bug = bugs[next++];
      SearchPlan plan{std::nullopt, bug == kNoBug ? arguments.clean_seeds : arguments.seeds};
      if (const auto hint = hints.find(IdOf(bug)); arguments.use_hints && hint != hints.end()) plan.hint = hint->second;
      auto search = std::make_unique<Search>(bug, plan, clock);
      const pid_t process = search->process();
      running[process] = {bug, std::move(search)};
      continue;
    }
    int status = 0;
    const auto ended = running.find(waitpid(-1, &status, 0));
    if (ended == running.end()) continue;
    const auto& [bug, search] = ended->second;
    findings[bug] = search->Finish(status);
    ShowRow(bug, findings[bug]);
    running.erase(ended);
  }
  return findings;
}

// What is wrong with the suite, or the simulation, as they are.
bool IsClean(const Arguments& arguments, const clock::Clock& clock) {
  const Finding found = SearchAll({kNoBug}, arguments, {}, clock).at(kNoBug);
  if (!found.is_caught) return true;
  std::printf("without any bug, world %lu: %s: %s\n", found.seed, found.check.c_str(), found.text.c_str());
  return false;
}

// How many promises have too few bugs that were caught.
int ShowPromises(const Findings& findings) {
  int poor = 0;
  std::printf("\n%-52s %s\n", "promise", "bugs caught");
  for (const char* promise : kPromises) {
    const size_t caught = static_cast<size_t>(std::count_if(findings.begin(), findings.end(), [&](const auto& found) {
      const std::vector<std::string>& breaks = AllBugs()[static_cast<size_t>(found.first)].breaks;
      return found.second.is_caught && std::find(breaks.begin(), breaks.end(), promise) != breaks.end();
    }));
    poor += caught < kBugsPerPromise;
    std::printf("%-52s %zu%s\n", promise, caught, caught < kBugsPerPromise ? "  TOO FEW" : "");
  }
  return poor;
}

bool IsStale(int bug, const Finding& finding, const Hints& hints) {
  const auto hint = hints.find(IdOf(bug));
  return finding.is_caught && (hint == hints.end() || hint->second != finding.seed);
}

int Report(const Findings& findings, const Arguments& arguments, Hints hints) {
  int missed = 0;
  int stale = 0;
  for (const auto& [bug, finding] : findings) {
    missed += !finding.is_caught;
    stale += IsStale(bug, finding, hints);
    if (finding.is_caught) hints[IdOf(bug)] = finding.seed;
    if (!arguments.only.empty() || !finding.is_caught)
      std::printf("%s: %s\n  %s\n", IdOf(bug).c_str(), AllBugs()[static_cast<size_t>(bug)].says.c_str(), finding.text.c_str());
  }
  const bool is_whole = arguments.only.empty() && !arguments.gaps;
  const int poor = is_whole ? ShowPromises(findings) : 0;
  if (arguments.note_hints) WriteHints(hints);
  if (arguments.use_hints && stale > 0)
    std::printf("%d hints did not show their bug any more; tests/simulation/planted --note-hints writes them anew\n", stale);
  std::printf("%zu bugs: %zu caught within %lu seeds, %d missed\n", findings.size(),
              findings.size() - static_cast<size_t>(missed), arguments.seeds, missed);
  return missed + poor == 0 ? 0 : 1;
}

int Main(const Arguments& arguments) {
  const clock::SystemClock clock;
  // What a process loads once is loaded here, with no bug in it.
  simulation::RunWorld(simulation::OptionsOf(0));
  std::printf("%-42s %6s %-26s %7s  %s\n", "bug", "seed", "caught by", "seconds", "breaks");
  if (!IsClean(arguments, clock)) return 1;
  const Hints hints = ReadHints();
  return Report(SearchAll(Chosen(arguments), arguments, hints, clock), arguments, hints);
}

}  // namespace
}  // namespace touchstone::planted

int main(int argc, char** argv) {
  touchstone::planted::Arguments arguments;
  if (!touchstone::planted::Parse({argv + 1, argv + argc}, arguments)) {
    std::fprintf(stderr, "tests/simulation/planted: --help says what it takes\n");
    return 2;
  }
  return touchstone::planted::Main(arguments);
}
