#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace touchstone::eventlog::embedded {

// How far the log is written. Each write (one batch of the store: a round of appends and commits) puts it first, so that
// a write-ahead log can be checked for gaps without the store (wal_scan.h, replay_guard.h).
struct WriteEnd {
  // Of the last write; from 1, rising by one.
  uint64_t write = 0;
  // Records ever written.
  uint64_t records = 0;
  // The largest append time given, in µs.
  int64_t append_micros = 0;

  friend bool operator==(const WriteEnd&, const WriteEnd&) = default;
};

std::string EncodeWriteEnd(const WriteEnd& end);
std::optional<WriteEnd> ParseWriteEnd(absl::string_view bytes);

// What a batch (as RocksDB lays it out in its write-ahead log) says of itself. Nothing: the batch is none of ours.
std::optional<WriteEnd> WriteEndOfBatch(absl::string_view batch);

// Whether a batch holds nothing: RocksDB writes one at the head of a log after it had to stop at a damaged one.
bool IsEmptyBatch(absl::string_view batch);

}  // namespace touchstone::eventlog::embedded
