#pragma once

#include <cstdint>
#include <deque>

namespace touchstone::eventlog::embedded {

class PartitionLog;

// Bounds the memory of all partitions' recent chunks together: forgets them in the order in which they were written, but never
// one that is not durable. Used by the thread that writes.
class RecentWindow {
 public:
  explicit RecentWindow(int64_t bytes_max) : bytes_max_(bytes_max) {}

  void Add(PartitionLog* partition, int64_t bytes, uint64_t write);
  void Trim(uint64_t durable_write);

 private:
  struct Entry {
    PartitionLog* partition;
    int64_t bytes;
    uint64_t write;
  };

  const int64_t bytes_max_;
  int64_t bytes_ = 0;
  std::deque<Entry> entries_;
};

}  // namespace touchstone::eventlog::embedded
