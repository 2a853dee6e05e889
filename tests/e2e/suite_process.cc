#include "tests/e2e/suite_process.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/clock/system_clock.h"
#include "common/status/invariant.h"

namespace touchstone::e2e {
namespace {

std::vector<std::string> Words(const std::string& address, const std::vector<std::string>& flags) {
  std::vector<std::string> words = {TOUCHSTONE_COMMAND, "up", "--listen", address, "--log-level", "warning"};
  words.insert(words.end(), flags.begin(), flags.end());
  return words;
}

// Where one of a life before was.
const std::string& Cleared(const std::string& socket) {
  unlink(socket.c_str());
  return socket;
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
    : address_(absl::StrCat("unix:", Cleared(socket))), process_(Words(address_, flags), said, ChildProcess::Out::kPipe) {}

bool SuiteProcess::AwaitReady(absl::Duration within) {
  const clock::SystemClock clock;
  const auto deadline = clock.Monotonic() + within;
  while (!absl::StrContains(heard_, "ready ")) {
    pollfd readable{process_.out(), POLLIN, 0};
    const int64_t left_ms = absl::ToInt64Milliseconds(deadline - clock.Monotonic());
    if (left_ms <= 0 || poll(&readable, 1, static_cast<int>(left_ms)) <= 0) return false;
    char bytes[256];
    const ssize_t count = read(process_.out(), bytes, sizeof(bytes));
    if (count <= 0) return false;
    heard_.append(bytes, static_cast<size_t>(count));
  }
  return true;
}

}  // namespace touchstone::e2e
