#pragma once

#include <cstdint>

#include "rocksdb/wal_filter.h"

namespace touchstone::eventlog::embedded {

// Ends RocksDB's replay at the first write that is missing. RocksDB by itself steps over a hole of zeros in a log (sectors that
// reached the disk out of order) and replays what lies behind it: then a later commit would be there without an earlier one.
class ReplayGuard : public rocksdb::WalFilter {
 public:
  WalProcessingOption LogRecordFound(unsigned long long log_number, const std::string& log_file_name,  // NOLINT
                                     const rocksdb::WriteBatch& batch, rocksdb::WriteBatch* new_batch,
                                     bool* batch_changed) override;
  const char* Name() const override { return "touchstone.ReplayGuard"; }

 private:
  uint64_t last_write_ = 0;
};

}  // namespace touchstone::eventlog::embedded
