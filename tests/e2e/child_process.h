#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace touchstone::e2e {

// A program as a process of its own. It is killed with this object, and with the thread that started it.
class ChildProcess {
 public:
  // Where its standard output goes: to the file that its standard error goes to, or to us.
  enum class Out { kFile, kPipe };

  // Starts `words[0]`, which is a path. What it says goes to `said`, after what is there.
  ChildProcess(std::vector<std::string> words, const std::string& said, Out out = Out::kFile);
  // Kills it.
  ~ChildProcess();

  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Of Out::kPipe, to read from.
  int out() const { return out_; }
  // From any thread; it need not be alive.
  void Signal(int signal) const;
  // Blocks until it has ended. Its exit code, or minus the signal that ended it.
  int Wait();
  // Whether it has not ended. Does not block.
  bool Runs();

 private:
  void Ended(int status);

  pid_t pid_ = 0;
  int out_ = -1;
  bool waited_ = false;
  int ended_ = 0;
};

}  // namespace touchstone::e2e
