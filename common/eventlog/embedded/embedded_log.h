#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"

namespace rocksdb {
class Env;
}

namespace touchstone::eventlog {

// Sizes in bytes.
struct EmbeddedLimits {
  // Appended and not yet durable; beyond it Append answers RESOURCE_EXHAUSTED.
  int64_t in_flight_bytes_max = 64 << 20;
  // The newest records, kept in memory so that reads at the log's end do not ask the store.
  int64_t recent_bytes_max = 48 << 20;
  int64_t block_cache_bytes = 64 << 20;
  // Of the write-ahead log, and so of what a restart replays.
  int64_t wal_bytes_max = 64 << 20;
  // Below the first of free disk space, intake stops; below the second, commits too.
  int64_t soft_free_bytes = int64_t{1} << 30;
  int64_t hard_free_bytes = int64_t{256} << 20;
  // Keys that one pass of compaction holds in memory.
  int64_t compaction_key_bytes_max = 32 << 20;
};

struct EmbeddedOptions {
  // Made if it is not there. One process at a time.
  std::string folder;
  // With the partition counts wanted: a folder keeps those it was made with, and refuses others.
  TopicCatalog topics;
  EmbeddedLimits limits;
  // How often disk space is asked for; topics are cleaned every 30 times. Infinite: only Maintain() does both.
  absl::Duration maintenance_interval = absl::Seconds(1);
  // Free bytes on the folder's disk. Any thread. Empty: statvfs.
  std::function<int64_t()> free_bytes;
  // The file system; null: the machine's. For tests; must outlive the log.
  rocksdb::Env* env = nullptr;
};

// An EventLog in one folder of one machine, on RocksDB: the default, no broker. Besides the contract:
//
// - Append and Commit write on the calling thread, unsynced; appends that follow each other closely are written by one of the
//   log's own. Another calls SyncWAL, and callbacks run on a third, so that the next sync does not wait for them: one that blocks
//   holds up all others.
// - A write or an fsync that fails ends the process, with a word on stderr: nothing acknowledged is lost by it.
// - It must outlive its members and tails. Close, as its destructor, makes durable what is written.
class EmbeddedLog : public EventLog {
 public:
  // What the background does: asks for the disk's free space; deletes what is past its topic's retention and
  // committed by every kind of task that ever joined; keeps of compacted topics the newest record of each key. Any thread.
  virtual absl::Status Maintain() = 0;
};

// `clock` outlives the log; it is read by the threads that append and by the log's own. Blocks while what was written last is
// replayed. Errors, after each of which nothing was changed: FAILED_PRECONDITION: another process uses the folder, a newer
// version wrote it, or it has other partition counts. DATA_LOSS: it is damaged, or ends before what is known to have been
// durable. UNAVAILABLE: the disk.
absl::StatusOr<std::unique_ptr<EmbeddedLog>> OpenEmbeddedLog(EmbeddedOptions options, const clock::Clock& clock);

}  // namespace touchstone::eventlog
