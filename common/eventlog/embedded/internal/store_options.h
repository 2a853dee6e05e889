#pragma once

#include <vector>

#include "common/eventlog/embedded/internal/store.h"
#include "rocksdb/db.h"
#include "rocksdb/options.h"
#include "rocksdb/wal_filter.h"

namespace touchstone::eventlog::embedded {

// How RocksDB is set up, and why. `replay_guard` outlives the opening.
rocksdb::DBOptions DatabaseOptions(rocksdb::Env& env, const StoreLimits& limits, rocksdb::WalFilter* replay_guard);

// meta (RocksDB's default family), log, state: in the order of Store's families.
std::vector<rocksdb::ColumnFamilyDescriptor> ColumnFamilies(const StoreLimits& limits);

}  // namespace touchstone::eventlog::embedded
