#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
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

// The only way into the store. Writes are done by whoever asks: the thread that finds nobody writing writes its own request and
// all that queue up meanwhile, in rounds, each one batch of the store; so there is no thread to hop to, and many
// small requests make few batches. Thread-safe.
class LogWriter {
 public:
  LogWriter(Store& store, Durability& durability, DiskGuard& disk, const clock::Clock& clock, ChangeSignal& changes,
            std::string folder, const WriteEnd& recovered, int64_t recent_bytes_max);

  // Written soon: on return, or by the thread that is writing now.
  void Submit(std::unique_ptr<WriteRequest> request);

  // Written and visible on return. Returns the number of the write.
  uint64_t Write(WriteRequest& request);

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

  // Writes rounds until the queue is empty or it is somebody else's turn. This thread has taken `writing_`.
  void WriteRounds(std::unique_lock<std::mutex>& lock);
  std::vector<Queued> TakeRound();
  void WriteRound(std::vector<Queued>& round);
  void Place(Block& block, std::vector<Pending>& chunks, absl::flat_hash_map<PartitionLog*, size_t>& open);
  void Publish(std::vector<Pending> chunks, std::vector<Queued>& round);
  void Drain();

  Store& store_;
  Durability& durability_;
  DiskGuard& disk_;
  const clock::Clock& clock_;
  ChangeSignal& changes_;
  const std::string folder_;

  std::mutex mutex_;
  std::condition_variable written_;
  // Guarded by mutex_:
  std::vector<Queued> queue_;
  bool writing_ = false;

  // Owned by the thread that has taken `writing_`:
  WriteEnd end_;
  RecentWindow recent_;
  int64_t bytes_since_disk_check_ = 0;
};

}  // namespace touchstone::eventlog::embedded
