#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/eventlog/embedded/internal/write_end.h"

namespace rocksdb {
class Env;
}

namespace touchstone::eventlog::embedded {

struct WalScan {
  // The last write that a replay reaches: zero where the logs hold none.
  WriteEnd end;
  // Where the whole part of a log ends before its file does: `000012.log at byte 4,096: checksum does not match`. Empty if
  // nowhere.
  std::string damage;
};

// Reads the write-ahead logs (*.log) of a store's folder, as RocksDB would replay them, and changes nothing: records whose
// checksums hold, write after write without a gap, the first at most one behind `in_tables`. It reads also logs whose content is
// in the store already, so an end below the mark may mean that, and an end at or above it means that nothing is missing. About
// 1 GB/s.
absl::StatusOr<WalScan> ScanWal(rocksdb::Env& env, const std::string& store_folder, uint64_t in_tables);

}  // namespace touchstone::eventlog::embedded
