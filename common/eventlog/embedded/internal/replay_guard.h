#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "rocksdb/wal_filter.h"

namespace touchstone::eventlog::embedded {

// Ends RocksDB's replay at the first write that is missing, also where that is the first of all. RocksDB by itself steps over a
// hole of zeros in a log (sectors that reached the disk out of order) and replays what lies behind it: then a later commit would
// be there without an earlier one.
//
// Which write must be the first is told by the end in meta's tables alone. That holds for all families, because they are put into
// tables together (atomic_flush, store_options.cc) and every write has a part in meta: what is in meta's tables is in all. Were
// meta flushed by itself, a log that lacks the first writes of the others would look whole.
class ReplayGuard : public rocksdb::WalFilter {
 public:
  // `in_tables`: the last write that needs no replay (Store::EndInTables).
  explicit ReplayGuard(uint64_t in_tables) : in_tables_(in_tables) {}

  void ColumnFamilyLogNumberMap(const std::map<uint32_t, uint64_t>& log_numbers,
                                const std::map<std::string, uint32_t>& family_numbers) override;
  WalProcessingOption LogRecordFound(unsigned long long log_number, const std::string& log_file_name,  // NOLINT
                                     const rocksdb::WriteBatch& batch, rocksdb::WriteBatch* new_batch,
                                     bool* batch_changed) override;
  const char* Name() const override { return "touchstone.ReplayGuard"; }

 private:
  bool Follows(uint64_t write) const;

  // Logs before this one are in the tables of every family. Their deletion may have been undone by a power loss; they are not
  // replayed, and are no part of the sequence.
  uint64_t first_log_ = 0;
  const uint64_t in_tables_;
  uint64_t last_write_ = 0;
};

}  // namespace touchstone::eventlog::embedded
