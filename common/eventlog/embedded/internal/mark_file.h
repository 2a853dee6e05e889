#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/eventlog/embedded/internal/write_end.h"

namespace rocksdb {
class Env;
class RandomRWFile;
class Status;
}  // namespace rocksdb

namespace touchstone::eventlog::embedded {

// The high-water mark: a write that is durable for sure, kept outside the store, so that a store which lost its end (RocksDB
// opens happily then) is noticed. Two slots written in turn, so that a torn write leaves the one before:
//
//   0     magic (8) | write end (24, write_end.h) | CRC-32C of both (4)
//   4096  the same
//
// One thread at a time.
class MarkFile {
 public:
  // A new file with `end`, durable on return.
  static absl::StatusOr<std::unique_ptr<MarkFile>> Create(rocksdb::Env& env, const std::string& folder, const WriteEnd& end);
  // NOT_FOUND: there is none. DATA_LOSS: neither slot can be read.
  static absl::StatusOr<std::unique_ptr<MarkFile>> Open(rocksdb::Env& env, const std::string& folder);

  // Its end alone; changes nothing. Errors as Open's.
  static absl::StatusOr<WriteEnd> Read(rocksdb::Env& env, const std::string& folder);

  ~MarkFile();

  const WriteEnd& end() const { return end_; }

  // Durable on return.
  rocksdb::Status Advance(const WriteEnd& end);

 private:
  struct Newest {
    WriteEnd end;
    int slot = 0;
  };
  static absl::StatusOr<Newest> ReadNewest(rocksdb::Env& env, const std::string& folder);
  MarkFile(std::unique_ptr<rocksdb::RandomRWFile> file, const WriteEnd& end, int next_slot);

  std::unique_ptr<rocksdb::RandomRWFile> file_;
  WriteEnd end_;
  int next_slot_;
};

}  // namespace touchstone::eventlog::embedded
