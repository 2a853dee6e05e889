#include "tests/e2e/suite_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/clock/system_clock.h"
#include "common/status/invariant.h"

namespace touchstone::e2e {
namespace {

// In the child, between fork and exec: system calls alone.
[[noreturn]] void Become(const std::vector<char*>& arguments, int out, int said) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(out, STDOUT_FILENO);
  dup2(said, STDERR_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

TestFolder::TestFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "touchstone-e2e-XXXXXX").string();
  INVARIANT(mkdtemp(pattern.data()) != nullptr, "no folder for the test");
  path_ = pattern;
}

TestFolder::~TestFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void WriteSecret(const std::string& path) {
  std::ofstream(path) << std::string(64, '7') << "\n";
  INVARIANT(chmod(path.c_str(), S_IRUSR | S_IWUSR) == 0, path);
}

SuiteProcess::SuiteProcess(const std::string& socket, const std::string& said, const std::vector<std::string>& flags)
    : address_(absl::StrCat("unix:", socket)) {
  unlink(socket.c_str());
  std::vector<std::string> words = {TOUCHSTONE_COMMAND, "up", "--listen", address_, "--log-level", "warning"};
  words.insert(words.end(), flags.begin(), flags.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int pipe_ends[2];
  INVARIANT(pipe2(pipe_ends, O_CLOEXEC) == 0, "no pipe");
  const int said_file = open(said.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid_ = fork();
  if (pid_ == 0) Become(arguments, pipe_ends[1], said_file);
  INVARIANT(pid_ > 0, "no process");
  close(pipe_ends[1]);
  close(said_file);
  out_ = pipe_ends[0];
}

SuiteProcess::~SuiteProcess() {
  Signal(SIGKILL);
  Wait();
  close(out_);
}

bool SuiteProcess::AwaitReady(absl::Duration within) {
  const clock::SystemClock clock;
  const auto deadline = clock.Monotonic() + within;
  while (!absl::StrContains(heard_, "ready ")) {
    pollfd readable{out_, POLLIN, 0};
    const int64_t left_ms = absl::ToInt64Milliseconds(deadline - clock.Monotonic());
    if (left_ms <= 0 || poll(&readable, 1, static_cast<int>(left_ms)) <= 0) return false;
    char bytes[256];
    const ssize_t count = read(out_, bytes, sizeof(bytes));
    if (count <= 0) return false;
    heard_.append(bytes, static_cast<size_t>(count));
  }
  return true;
}

void SuiteProcess::Signal(int signal) const {
  if (!waited_) kill(pid_, signal);
}

int SuiteProcess::Wait() {
  if (waited_) return ended_;
  int status = 0;
  waitpid(pid_, &status, 0);
  waited_ = true;
  ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return ended_;
}

}  // namespace touchstone::e2e
