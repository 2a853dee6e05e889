#include "tests/simulation/planted_bugs/search.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/invariant.h"
#include "tests/simulation/planted_bugs/active_bug.h"
#include "tests/simulation/world.h"

namespace touchstone::planted {
namespace {

// A world takes some hundredths of a second; one that takes so long does not end.
constexpr unsigned kWorldSecondsMax = 60;
constexpr size_t kTextSizeMax = 2000;

// The last line that says something: why a process ended stands at its end.
std::string LastLine(const std::string& text) {
  std::string last;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) last = std::string(line);
  return last;
}

}  // namespace

Search::Search(int bug, const SearchPlan& plan, const clock::Clock& clock) : clock_(clock), begun_(clock.Monotonic()) {
  void* shared = mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  INVARIANT(shared != MAP_FAILED, "no memory to share with a process");
  progress_ = new (shared) Progress;
  int ends[2];
  INVARIANT(pipe(ends) == 0, "no pipe to a process");
  told_ = ends[0];
  process_ = fork();
  INVARIANT(process_ >= 0, "no process can be started");
  if (process_ == 0) {
    // What crashes says why on stderr.
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    Run(bug, plan);
  }
  close(ends[1]);
}

Search::~Search() {
  close(told_);
  munmap(progress_, sizeof(Progress));
}

void Search::Run(int bug, const SearchPlan& plan) {
  active_bug = bug;
  if (plan.hint.has_value()) TryWorld(*plan.hint);
  for (uint64_t seed = 0; seed < plan.seeds; ++seed) TryWorld(seed);
  _exit(0);
}

void Search::TryWorld(uint64_t seed) {
  progress_->seed = seed;
  alarm(kWorldSecondsMax);
  const simulation::WorldOutcome outcome = simulation::RunWorld(simulation::OptionsOf(seed));
  alarm(0);
  if (outcome.violations.empty()) return;
  const simulation::Violation& first = outcome.violations.front();
  progress_->is_caught = true;
  const std::string told =
      absl::StrCat(simulation::InfoOf(first.check).name, "\n", absl::string_view(first.text).substr(0, kTextSizeMax));
  INVARIANT(write(STDERR_FILENO, told.data(), told.size()) == static_cast<ssize_t>(told.size()), "nobody listens");
  _exit(0);
}

std::string Search::ReadAll() const {
  std::string text;
  char buffer[4096];
  for (ssize_t count = 0; (count = read(told_, buffer, sizeof(buffer))) > 0;) text.append(buffer, static_cast<size_t>(count));
  return text;
}

Finding Search::Finish(int status) {
  Finding finding;
  finding.time = clock_.Monotonic() - begun_;
  finding.seed = progress_->seed;
  const std::string told = ReadAll();
  if (progress_->is_caught) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(told, absl::MaxSplits('\n', 1));
    finding.check = parts.first;
    finding.text = parts.second;
  } else if (WIFSIGNALED(status)) {
    finding.check = WTERMSIG(status) == SIGALRM ? "hang" : "crash";
    finding.text = absl::StrCat("signal ", WTERMSIG(status), ": ", LastLine(told));
  } else if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
    finding.check = "crash";
    finding.text = absl::StrCat("exit ", WEXITSTATUS(status), ": ", LastLine(told));
  }
  finding.is_caught = !finding.check.empty();
  return finding;
}

}  // namespace touchstone::planted
