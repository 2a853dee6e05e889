#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/eventlog/change_signal.h"
#include "common/eventlog/embedded/internal/durable_callbacks.h"
#include "common/eventlog/embedded/internal/mark_keeper.h"
#include "common/eventlog/embedded/internal/write_end.h"

namespace touchstone::eventlog::embedded {

class PartitionLog;
class Store;

// The one thread that syncs the write-ahead log, and what waits for it. A sync covers all that was written before it began;
// what is written meanwhile is the next one's. Thread-safe.
class Durability {
 public:
  using Done = DurableCallbacks::Done;

  // A partition's end after a write.
  struct Extent {
    PartitionLog* partition;
    int64_t end_offset;
  };

  // `recovered` is durable. `tail_changes` is raised after each sync.
  Durability(Store& store, std::unique_ptr<MarkFile> mark, std::string folder, const WriteEnd& recovered,
             ChangeSignal& tail_changes);
  ~Durability();

  // Ends the thread: all that was written is durable on return, and all that waited for it was called. Nothing is written after.
  void Finish();

  // By the thread that writes, in the order of writes: `end` is in the log, and is the reason for `extents`; `acknowledge` is
  // called when it is durable.
  void Written(const WriteEnd& end, std::vector<Extent> extents, std::vector<Done> acknowledge);

  // Calls `done` when `write` is durable, in the order of writes: DurableCallbacks says on which thread.
  void WhenDurable(uint64_t write, Done done);

  uint64_t durable_write() const { return durable_write_.load(std::memory_order_acquire); }

 private:
  void Run();
  void Sync(std::unique_lock<std::mutex>& lock);

  Store& store_;
  const std::string folder_;
  ChangeSignal& tail_changes_;
  MarkKeeper mark_;
  DurableCallbacks callbacks_;

  std::mutex mutex_;
  std::condition_variable wake_;
  // Guarded by mutex_:
  WriteEnd written_;
  std::multimap<uint64_t, Extent> extents_;
  bool stopping_ = false;

  std::atomic<uint64_t> durable_write_;
  std::thread thread_;
};

}  // namespace touchstone::eventlog::embedded
