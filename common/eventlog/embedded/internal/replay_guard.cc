#include "common/eventlog/embedded/internal/replay_guard.h"

#include <algorithm>
#include <limits>

#include "common/eventlog/embedded/internal/write_end.h"
#include "rocksdb/write_batch.h"

namespace touchstone::eventlog::embedded {

void ReplayGuard::ColumnFamilyLogNumberMap(const std::map<uint32_t, uint64_t>& log_numbers,
                                           const std::map<std::string, uint32_t>&) {
  first_log_ = std::numeric_limits<uint64_t>::max();
  for (const auto& [family, log_number] : log_numbers) first_log_ = std::min(first_log_, log_number);
}

// A log begins with what its tables lack first, or with what some of them have already.
bool ReplayGuard::Follows(uint64_t write) const { return last_write_ == 0 ? write <= in_tables_ + 1 : write == last_write_ + 1; }

rocksdb::WalFilter::WalProcessingOption ReplayGuard::LogRecordFound(unsigned long long log_number, const std::string&,  // NOLINT
                                                                    const rocksdb::WriteBatch& batch, rocksdb::WriteBatch*,
                                                                    bool*) {
  if (log_number < first_log_) return WalProcessingOption::kContinueProcessing;
  const std::string& bytes = batch.Data();
  if (IsEmptyBatch(bytes)) return WalProcessingOption::kContinueProcessing;
  const std::optional<WriteEnd> end = WriteEndOfBatch(bytes);
  if (!end || !Follows(end->write)) return WalProcessingOption::kStopReplay;
  last_write_ = end->write;
  return WalProcessingOption::kContinueProcessing;
}

}  // namespace touchstone::eventlog::embedded
