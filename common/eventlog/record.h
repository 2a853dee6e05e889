#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/ids/token.h"

namespace touchstone::eventlog {

// A record as it lies in one partition of a topic.
struct Record {
  // From 0, rising by at least one: a log may leave gaps (transaction markers), never repeat.
  int64_t offset = 0;
  // When the log took it, by the log's own clock. Never falls within a partition.
  absl::Time append_time;
  std::string key;
  // Who wrote it chose it, so that a reader without transactions can drop repeats (ADR 0002).
  std::string id;
  std::string value;
};

// A record's limit, key and value together.
inline constexpr int64_t kRecordBytesMax = 1 << 20;

// A record to write. Its partition follows from the key unless it is stated.
struct OutRecord {
  std::string topic;
  std::string key;
  std::string id;
  std::string value;
  std::optional<int32_t> partition;
};

// Where a record lies: what a write's token holds.
using ids::Position;

// A point in what this process has committed: rises with each commit. What was committed at or before a durable point
// survives whatever dies. Points of different EventLog objects do not compare.
enum class CommitPoint : uint64_t {};

// One input's part of a task's position: the offset of the next record to process.
struct InputPosition {
  std::string topic;
  int64_t next_offset = 0;
};

// A key's new value, or its deletion.
struct StateChange {
  std::string key;
  std::optional<std::string> value;
};

// What one task did since its last commit: all of it happens, or none.
struct TaskCommit {
  int32_t partition = 0;
  // The inputs that moved on.
  std::vector<InputPosition> positions;
  // No key twice.
  std::vector<StateChange> changes;
  std::vector<OutRecord> outputs;
};

}  // namespace touchstone::eventlog
