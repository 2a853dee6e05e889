#include "tools/benchmarks/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/status/macros.h"

namespace touchstone::benchmarks {
namespace {

constexpr char kThisProgram[] = "/proc/self/exe";
constexpr int kNotStarted = 127;
constexpr char kReady[] = "ready ";

// Between fork and exec of a process with threads: only what is safe in a signal handler.
[[noreturn]] void Become(char* const* arguments, int output, int log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (dup2(output, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0) _exit(kNotStarted);
  execv(kThisProgram, arguments);
  _exit(kNotStarted);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Child>> Child::Start(const std::vector<std::string>& arguments, const std::string& log,
                                                    const clock::Clock& clock, absl::Duration timeout) {
  std::vector<std::string> words = {"touchstone-bench"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::UnavailableError("no pipe to a server could be made");
  const int log_file = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (log_file < 0) return absl::UnavailableError(absl::StrCat("'", log, "' cannot be written"));
  const absl::Duration started = clock.Monotonic();
  const pid_t pid = fork();
  if (pid == 0) Become(argv.data(), ends[1], log_file);
  close(ends[1]);
  close(log_file);
  if (pid < 0) return absl::UnavailableError("no process could be made");
  std::unique_ptr<Child> child(new Child(pid, ends[0]));
  absl::Status ready = child->AwaitReady(clock, started + timeout);
  if (!ready.ok()) return absl::UnavailableError(absl::StrCat(ready.message(), "; read ", log));
  child->start_time_ = clock.Monotonic() - started;
  return child;
}

absl::Status Child::AwaitReady(const clock::Clock& clock, absl::Duration deadline) {
  std::string said;
  while (!absl::StrContains(said, '\n')) {
    const int64_t left_ms = absl::ToInt64Milliseconds(deadline - clock.Monotonic());
    pollfd readable = {output_, POLLIN, 0};
    if (left_ms <= 0 || poll(&readable, 1, static_cast<int>(left_ms)) == 0)
      return absl::UnavailableError("a server was not ready in time");
    char buffer[256];
    const ssize_t read_bytes = read(output_, buffer, sizeof(buffer));
    if (read_bytes <= 0) return absl::UnavailableError("a server ended before it was ready");
    said.append(buffer, static_cast<size_t>(read_bytes));
  }
  absl::string_view line = absl::string_view(said).substr(0, said.find('\n'));
  if (!absl::ConsumePrefix(&line, kReady)) return absl::UnavailableError(absl::StrCat("a server said '", line, "'"));
  address_ = std::string(line);
  return absl::OkStatus();
}

Child::~Child() {
  Kill();
  close(output_);
}

void Child::Kill() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

absl::Duration Child::CpuTime() const {
  // proc(5): user and system time are fields 14 and 15; the second field may hold blanks and ends with a parenthesis.
  constexpr size_t kUserTimeAfterName = 11;
  std::ifstream file(absl::StrCat("/proc/", pid_, "/stat"));
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return absl::ZeroDuration();
  const std::vector<std::string> fields = absl::StrSplit(text.substr(name_end + 2), ' ');
  int64_t ticks = 0;
  for (size_t i = kUserTimeAfterName; i < std::min(fields.size(), kUserTimeAfterName + 2); ++i) {
    int64_t part = 0;
    if (absl::SimpleAtoi(fields[i], &part)) ticks += part;
  }
  return absl::Seconds(static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK)));
}

int64_t Child::StatusBytes(absl::string_view field) const {
  // proc(5): `VmRSS:     12345 kB`.
  std::ifstream file(absl::StrCat("/proc/", pid_, "/status"));
  for (std::string line; std::getline(file, line);) {
    absl::string_view rest = line;
    int64_t kib = 0;
    if (!absl::ConsumePrefix(&rest, field) || !absl::ConsumeSuffix(&rest, " kB")) continue;
    return absl::SimpleAtoi(absl::StripAsciiWhitespace(rest), &kib) ? kib << 10 : 0;
  }
  return 0;
}

}  // namespace touchstone::benchmarks
