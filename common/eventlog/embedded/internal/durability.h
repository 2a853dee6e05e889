#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "common/eventlog/change_signal.h"
#include "common/eventlog/embedded/internal/mark_keeper.h"
#include "common/eventlog/embedded/internal/write_end.h"

namespace touchstone::eventlog::embedded {

class PartitionLog;
class Store;

// The one thread that syncs the write-ahead log, and what waits for it. A sync covers all that was written before it began;
// what is written meanwhile is the next one's. Thread-safe.
class Durability {
 public:
  using Done = absl::AnyInvocable<void(absl::Status)>;

  // A partition's end after a write.
  struct Extent {
    PartitionLog* partition;
    int64_t end_offset;
  };

  // `recovered` is durable. `changes` is raised after each sync.
  Durability(Store& store, std::unique_ptr<MarkFile> mark, std::string folder, const WriteEnd& recovered, ChangeSignal& changes);
  ~Durability();

  // Ends the thread: all that was written is durable on return, and all that waited for it was called. Nothing is written after.
  void Finish();

  // By the thread that writes, in the order of writes: `end` is in the log, and is the reason for `extents`; `acknowledge` is
  // called when it is durable.
  void Written(const WriteEnd& end, std::vector<Extent> extents, std::vector<Done> acknowledge);

  // Calls `done` when `write` is durable, in the order of writes: on the syncing thread, or at once where all up to it was
  // called or, with an error, where the thread has ended.
  void WhenDurable(uint64_t write, Done done);

  uint64_t durable_write() const { return durable_write_.load(std::memory_order_acquire); }

  // Has the syncing thread run `work` once, before its next sync: for a writer that must not write on.
  void RunSoon(std::function<void()> work);

 private:
  void Run();
  void Sync(std::unique_lock<std::mutex>& lock);
  void CallBack(std::unique_lock<std::mutex>& lock);

  Store& store_;
  const std::string folder_;
  ChangeSignal& changes_;
  MarkKeeper mark_;

  std::mutex mutex_;
  std::condition_variable wake_;
  // Guarded by mutex_:
  WriteEnd written_;
  uint64_t called_back_;  // All that waited for a write up to this one was called.
  std::multimap<uint64_t, Done> waiting_;
  std::multimap<uint64_t, Extent> extents_;
  std::function<void()> work_;
  bool stopping_ = false;
  bool ended_ = false;  // Nothing becomes durable any more.

  std::atomic<uint64_t> durable_write_;
  std::thread thread_;
};

}  // namespace touchstone::eventlog::embedded
