#include "common/runtime/stop_signal.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "common/status/invariant.h"

namespace touchstone::runtime {
namespace {

// A handler can reach nothing else. The pipe has one byte in it once the process is to stop; nobody reads it out, so
// that every Wait sees it.
int g_pipe[2] = {-1, -1};
std::atomic<bool> g_in_use{false};
std::atomic<bool> g_signalled{false};
struct sigaction g_before_term;
struct sigaction g_before_int;
struct sigaction g_before_pipe;
struct sigaction g_before_file_size;

static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler takes no lock");

void Raise() {
  const char byte = 1;
  const ssize_t written = write(g_pipe[1], &byte, 1);
  static_cast<void>(written);  // A full pipe has been raised before.
}

void OnSignal(int number) {
  if (g_signalled.exchange(true)) _exit(128 + number);
  const int saved_errno = errno;
  Raise();
  errno = saved_errno;
}

}  // namespace

StopSignal::StopSignal() {
  INVARIANT(!g_in_use.exchange(true), "one StopSignal a process");
  g_signalled = false;
  INVARIANT(pipe2(g_pipe, O_CLOEXEC | O_NONBLOCK) == 0, "no pipe for signals: too many open files?");
  struct sigaction action {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, &g_before_term);
  sigaction(SIGINT, &action, &g_before_int);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, &g_before_pipe);
  // Beyond `ulimit -f` a write then fails with words instead of ending the process without any.
  sigaction(SIGXFSZ, &action, &g_before_file_size);
}

StopSignal::~StopSignal() {
  sigaction(SIGTERM, &g_before_term, nullptr);
  sigaction(SIGINT, &g_before_int, nullptr);
  sigaction(SIGPIPE, &g_before_pipe, nullptr);
  sigaction(SIGXFSZ, &g_before_file_size, nullptr);
  close(g_pipe[0]);
  close(g_pipe[1]);
  g_in_use = false;
}

void StopSignal::Request(const absl::Status& why) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!requested_) why_ = why;
  requested_ = true;
  Raise();
}

absl::Status StopSignal::Wait() {
  pollfd raised{.fd = g_pipe[0], .events = POLLIN, .revents = 0};
  while (poll(&raised, 1, -1) < 0) INVARIANT(errno == EINTR, "poll of the signal pipe");
  const std::lock_guard<std::mutex> lock(mutex_);
  return why_;
}

}  // namespace touchstone::runtime
