#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/e2e/child_process.h"

namespace touchstone::e2e {

// A folder of a test's own, empty at first, removed with it.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();

  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A secret for name keys, readable by its owner alone, so that two deployments give a name the same key.
void WriteSecret(const std::string& path);

// `touchstone up` as a process of its own. It dies with this object, and with the test.
class SuiteProcess {
 public:
  // Starts it; what it says goes to `said`, after what is there. It listens on unix:`socket`.
  SuiteProcess(const std::string& socket, const std::string& said, const std::vector<std::string>& flags);

  // Blocks until it has said `ready`, for at most `within`; false: not by then, or it ended.
  bool AwaitReady(absl::Duration within);
  // From any thread; it need not be alive.
  void Signal(int signal) const { process_.Signal(signal); }
  // Blocks until it has ended. Its exit code, or minus the signal that ended it.
  int Wait() { return process_.Wait(); }

  const std::string& address() const { return address_; }

 private:
  const std::string address_;
  ChildProcess process_;
  std::string heard_;
};

}  // namespace touchstone::e2e
