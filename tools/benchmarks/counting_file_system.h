#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "rocksdb/file_system.h"

namespace touchstone::benchmarks {

// The machine's file system, with a count of what RocksDB writes. Thread-safe.
class CountingFileSystem : public rocksdb::FileSystemWrapper {
 public:
  CountingFileSystem() : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "CountingFileSystem"; }

  // To the write-ahead log; to tables, by flushes and compactions together.
  int64_t wal_bytes() const { return wal_bytes_; }
  int64_t table_bytes() const { return table_bytes_; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result, rocksdb::IODebugContext* debug) override;

 private:
  std::atomic<int64_t> wal_bytes_{0};
  std::atomic<int64_t> table_bytes_{0};
};

}  // namespace touchstone::benchmarks
