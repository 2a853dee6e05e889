#include "common/eventlog/embedded/internal/replay_guard.h"

#include "common/eventlog/embedded/internal/write_end.h"
#include "rocksdb/write_batch.h"

namespace touchstone::eventlog::embedded {

rocksdb::WalFilter::WalProcessingOption ReplayGuard::LogRecordFound(unsigned long long, const std::string&,  // NOLINT
                                                                    const rocksdb::WriteBatch& batch, rocksdb::WriteBatch*,
                                                                    bool*) {
  const std::string& bytes = batch.Data();
  const std::optional<WriteEnd> end = WriteEndOfBatch(bytes);
  if (!end || (last_write_ != 0 && end->write != last_write_ + 1)) return WalProcessingOption::kStopReplay;
  last_write_ = end->write;
  return WalProcessingOption::kContinueProcessing;
}

}  // namespace touchstone::eventlog::embedded
