#include "common/eventlog/embedded/internal/recent_window.h"

#include "common/eventlog/embedded/internal/partition_log.h"

namespace touchstone::eventlog::embedded {

void RecentWindow::Add(PartitionLog* partition, int64_t bytes, uint64_t write) {
  entries_.push_back({partition, bytes, write});
  bytes_ += bytes;
}

void RecentWindow::Trim(uint64_t durable_write) {
  while (bytes_ > bytes_max_ && !entries_.empty() && entries_.front().write <= durable_write) {
    entries_.front().partition->ForgetOldest();
    bytes_ -= entries_.front().bytes;
    entries_.pop_front();
  }
}

}  // namespace touchstone::eventlog::embedded
