#include "tests/e2e/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

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

ChildProcess::ChildProcess(std::vector<std::string> words, const std::string& said, Out out) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int pipe_ends[2];
  INVARIANT(pipe2(pipe_ends, O_CLOEXEC) == 0, "no pipe");
  const int said_file = open(said.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid_ = fork();
  if (pid_ == 0) Become(arguments, out == Out::kPipe ? pipe_ends[1] : said_file, said_file);
  INVARIANT(pid_ > 0, "no process");
  close(pipe_ends[1]);
  close(said_file);
  out_ = pipe_ends[0];
}

ChildProcess::~ChildProcess() {
  Signal(SIGKILL);
  Wait();
  close(out_);
}

void ChildProcess::Signal(int signal) const {
  if (!waited_) kill(pid_, signal);
}

int ChildProcess::Wait() {
  if (waited_) return ended_;
  int status = 0;
  waitpid(pid_, &status, 0);
  Ended(status);
  return ended_;
}

bool ChildProcess::Runs() {
  int status = 0;
  if (!waited_ && waitpid(pid_, &status, WNOHANG) == pid_) Ended(status);
  return !waited_;
}

void ChildProcess::Ended(int status) {
  waited_ = true;
  ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace touchstone::e2e
