#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "common/eventlog/embedded/internal/mark_file.h"

namespace touchstone::eventlog::embedded {

// Moves the mark on, on a thread of its own: while the store's sync N runs, the mark of N-1 is synced, so that it costs no
// acknowledgement any time. Only the loss of the very last sync can go unnoticed.
class MarkKeeper {
 public:
  MarkKeeper(std::unique_ptr<MarkFile> file, std::string folder);
  // The last mark posted is durable on return.
  ~MarkKeeper();

  // `end` is durable in the store. Of several posted meanwhile only the last is written. Does not block.
  void Post(const WriteEnd& end);

 private:
  void Run();

  const std::unique_ptr<MarkFile> file_;
  const std::string folder_;
  std::mutex mutex_;
  std::condition_variable wake_;
  // Guarded by mutex_:
  WriteEnd posted_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace touchstone::eventlog::embedded
