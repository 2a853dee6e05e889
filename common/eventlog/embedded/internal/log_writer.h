#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/eventlog/embedded/internal/disk_guard.h"
#include "common/eventlog/embedded/internal/durability.h"
#include "common/eventlog/embedded/internal/recent_window.h"
#include "common/eventlog/embedded/internal/record_router.h"

namespace rocksdb {
class WriteBatch;
}

namespace touchstone::eventlog::embedded {

class Store;

// What somebody wants written: all of it in one write.
struct WriteRequest {
  RoutedRecords records;
  // Adds what else belongs to the write; may be empty. Called by the thread that writes, once.
  std::function<void(rocksdb::WriteBatch&)> add;
  // Called when the write is durable; may be empty.
  absl::AnyInvocable<void(WriteRequest&, absl::Status)> acknowledge;

  // Set by the write.
  uint64_t write = 0;
};

// The only way into the store. Writes are done by whoever asks: the thread that finds nobody writing writes a round, one batch of
// the store, of its own request and all that queued up. Where appends follow each other so closely that each would be a round of
// its own, they gather for a moment: a round costs as much as ten requests in it, and wakes all that read. Thread-safe.
class LogWriter {
 public:
  LogWriter(Store& store, Durability& durability, DiskGuard& disk, const clock::Clock& clock, ChangeSignal& changes,
            std::string folder, const WriteEnd& recovered, int64_t recent_bytes_max);
  ~LogWriter();

  // Written soon: on return, or with others a moment later.
  void Submit(std::unique_ptr<WriteRequest> request);

  // Written and visible on return. Returns the number of the write.
  uint64_t Write(WriteRequest& request);

  // All that was submitted is written on return. Nothing is submitted after. Repeats do nothing.
  void Finish();

 private:
  struct Queued {
    WriteRequest* request;
    // Null: its caller waits, and owns it.
    std::unique_ptr<WriteRequest> owned;
  };
  // A chunk of the round that is being written.
  struct Pending {
    PartitionLog* partition;
    int64_t base_offset;
    int64_t count = 0;
    std::string payload;
  };

  // Nobody else is writing.
  void WriteNextRound(std::unique_lock<std::mutex>& lock);
  std::vector<Queued> TakeRound();
  void WriteRound(std::vector<Queued>& round);
  void Place(Block& block, std::vector<Pending>& chunks, absl::flat_hash_map<PartitionLog*, size_t>& open);
  void Publish(std::vector<Pending> chunks, std::vector<Queued>& round);
  // Writes what has gathered.
  void Run();

  Store& store_;
  Durability& durability_;
  DiskGuard& disk_;
  const clock::Clock& clock_;
  ChangeSignal& changes_;
  const std::string folder_;

  std::mutex mutex_;
  std::condition_variable written_;
  std::condition_variable gathered_;
  // Guarded by mutex_:
  std::vector<Queued> queue_;
  bool writing_ = false;
  absl::Duration gathering_until_ = -absl::InfiniteDuration();  // By the monotonic clock: no append begins a round before.
  bool stopping_ = false;

  // Owned by the thread that has taken `writing_`:
  WriteEnd end_;
  RecentWindow recent_;
  int64_t bytes_since_disk_check_ = 0;

  std::thread thread_;
};

}  // namespace touchstone::eventlog::embedded
