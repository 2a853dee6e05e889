#include "common/eventlog/embedded/internal/store_options.h"

#include "rocksdb/cache.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/table.h"

namespace touchstone::eventlog::embedded {
namespace {

constexpr int64_t kLogWriteBufferBytes = 64 << 20;
constexpr int64_t kStateWriteBufferBytes = 64 << 20;
constexpr int64_t kMetaWriteBufferBytes = 8 << 20;
constexpr int kWriteBuffersMax = 3;
constexpr uint64_t kLogFileBytes = 64 << 20;
constexpr int kBackgroundJobsMax = 2;
constexpr size_t kInfoLogBytes = 4 << 20;
constexpr size_t kInfoLogsMax = 4;
// Kind and partition: see keys.h.
constexpr size_t kPartitionPrefixBytes = 4;
constexpr double kBloomBitsPerKey = 10;
// Of a write buffer's bytes.
constexpr double kStateMemtableBloomRatio = 0.03;

std::shared_ptr<rocksdb::TableFactory> Tables(const std::shared_ptr<rocksdb::Cache>& cache, size_t block_bytes, bool bloom) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = block_bytes;
  table.format_version = 5;
  // Counted with the rest of the cache, so that memory stays bounded however large the folder is.
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  if (bloom) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

rocksdb::ColumnFamilyOptions FamilyOptions(int64_t write_buffer_bytes, std::shared_ptr<rocksdb::TableFactory> tables) {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = static_cast<size_t>(write_buffer_bytes);
  options.max_write_buffer_number = kWriteBuffersMax;
  options.table_factory = std::move(tables);
  options.level_compaction_dynamic_level_bytes = true;
  // Fresh files are read soon and rewritten soon: not worth the work. What stays is.
  options.compression_per_level = {rocksdb::kNoCompression, rocksdb::kNoCompression, rocksdb::kLZ4Compression};
  return options;
}

}  // namespace

rocksdb::DBOptions DatabaseOptions(rocksdb::Env& env, const StoreLimits& limits, rocksdb::WalFilter* replay_guard) {
  rocksdb::DBOptions options;
  options.env = &env;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  // A torn end is what a power loss leaves, and holds nothing acknowledged: go on before it. That no more is missing, the mark
  // says.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.wal_filter = replay_guard;
  options.track_and_verify_wals_in_manifest = true;
  // What is in meta's tables tells from which write on the log is needed; so no family's tables may be behind meta's.
  options.atomic_flush = true;
  options.max_total_wal_size = static_cast<uint64_t>(limits.wal_bytes_max);
  options.max_background_jobs = kBackgroundJobsMax;
  // One thread writes at a time (LogWriter), so what serves many writers only costs.
  options.allow_concurrent_memtable_write = false;
  options.enable_write_thread_adaptive_yield = false;
  options.bytes_per_sync = 1 << 20;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.max_log_file_size = kInfoLogBytes;
  options.keep_log_file_num = kInfoLogsMax;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> ColumnFamilies(const StoreLimits& limits) {
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(static_cast<size_t>(limits.block_cache_bytes));
  rocksdb::ColumnFamilyOptions log = FamilyOptions(kLogWriteBufferBytes, Tables(cache, 64 << 10, /*bloom=*/false));
  log.target_file_size_base = kLogFileBytes;
  rocksdb::ColumnFamilyOptions state = FamilyOptions(kStateWriteBufferBytes, Tables(cache, 8 << 10, /*bloom=*/true));
  // Half of the reads are of keys that are not there: a repeat that is none, a person of whom nothing is planned.
  state.memtable_whole_key_filtering = true;
  state.memtable_prefix_bloom_size_ratio = kStateMemtableBloomRatio;
  // Keys arrive sorted, partition by partition: begin to search where the last of the same partition was put. Never for `log`:
  // RocksDB shares these hints with the table of range deletions, which then breaks.
  state.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kPartitionPrefixBytes));
  return {
      {rocksdb::kDefaultColumnFamilyName, FamilyOptions(kMetaWriteBufferBytes, Tables(cache, 4 << 10, /*bloom=*/true))},
      {"log", log},
      {"state", state},
  };
}

}  // namespace touchstone::eventlog::embedded
