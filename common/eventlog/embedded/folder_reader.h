#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/record.h"
#include "common/eventlog/state_view.h"

namespace rocksdb {
class Env;
}

namespace touchstone::eventlog {

// What a check of a folder found, where it found no damage.
struct FolderReport {
  struct OfTopic {
    std::string name;
    int partitions = 0;
    // Kept; what is past its retention, or superseded in a compacted topic, is not counted.
    int64_t records = 0;
    int64_t bytes = 0;
  };
  struct OfKind {
    std::string name;
    int partitions = 0;
    int64_t state_keys = 0;
    int64_t state_bytes = 0;
    // Of its inputs, not committed past.
    int64_t unread_records = 0;
  };

  // By name.
  std::vector<OfTopic> topics;
  std::vector<OfKind> kinds;
};

// The folder of an embedded log at rest, read and not changed: for `touchstone verify`, and for moving elsewhere. One thread.
class FolderReader {
 public:
  enum class Access {
    // No other process may use the folder meanwhile.
    kLocked,
    // For a copy, which nobody uses: not even LOCK is made.
    kCopy,
  };

  struct Kind {
    std::string name;
    int partitions = 0;
    // The inputs, then the broadcasts, which have one partition.
    std::vector<std::string> topics;
    size_t input_count = 0;
  };

  // Blocks while what was written last is replayed, in memory. NOT_FOUND: no log has begun there; else errors as
  // OpenEmbeddedLog's. `env` is for tests.
  static absl::StatusOr<std::unique_ptr<FolderReader>> Open(const std::string& folder, Access access,
                                                            rocksdb::Env* env = nullptr);
  virtual ~FolderReader() = default;

  // Records ever written to it, and when the last was.
  virtual uint64_t records_written() const = 0;
  virtual absl::Time last_write_time() const = 0;

  // Their partition counts; by name. Also those that are declared no more.
  struct Topic {
    std::string name;
    int partitions = 0;
  };
  virtual std::vector<Topic> topics() const = 0;
  virtual std::vector<Kind> kinds() const = 0;

  // Behind the last record. NOT_FOUND: no such topic or partition; so below.
  virtual absl::StatusOr<int64_t> EndOffset(absl::string_view topic, int partition) const = 0;
  // Visits the records from `from` on in order until `visit` returns false. What it is given lives only during the call.
  struct RecordView {
    int64_t offset = 0;
    absl::Time append_time;
    absl::string_view key;
    absl::string_view id;
    absl::string_view value;
  };
  using VisitRecord = absl::FunctionRef<bool(const RecordView& record)>;
  virtual absl::Status ReadRecords(absl::string_view topic, int partition, int64_t from, VisitRecord visit) const = 0;

  // The next offset of each of the kind's topics, in its order.
  virtual absl::StatusOr<std::vector<InputPosition>> Positions(absl::string_view kind, int partition) const = 0;
  // Visits the task's whole state, in the order of keys.
  virtual absl::Status ReadState(absl::string_view kind, int partition, StateView::Visit visit) const = 0;

  // Reads everything: tables whole and their checksums, records without gaps and in the order of their times, as many as were
  // ever written, positions not behind the ends, states of known tasks. DATA_LOSS says where the damage is and what to do.
  virtual absl::StatusOr<FolderReport> Check() const = 0;
};

}  // namespace touchstone::eventlog
