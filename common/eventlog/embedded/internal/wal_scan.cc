#include "common/eventlog/embedded/internal/wal_scan.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/eventlog/embedded/internal/crc32c.h"
#include "common/eventlog/embedded/internal/storage_error.h"
#include "common/status/macros.h"
#include "rocksdb/env.h"

// RocksDB's write-ahead log: blocks of 32 KiB; in each, fragments that do not cross its end:
//
//   fragment := masked CRC-32C of type and bytes (4, little endian) | size (2, little endian) | type (1) | bytes
//
// Types: 1 a whole record, 2 its first, 3 a middle, 4 its last fragment. Less than a header at a block's end is padding.
namespace touchstone::eventlog::embedded {
namespace {

constexpr size_t kBlockBytes = 32 << 10;
constexpr size_t kReadBytes = 32 * kBlockBytes;
constexpr size_t kHeaderBytes = 7;
// What WriteEndOfBatch needs of a record.
constexpr size_t kRecordStartBytes = 64;

enum FragmentType : uint8_t { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

uint32_t Unmasked(uint32_t masked) {
  const uint32_t rotated = masked - 0xa282ead8U;
  return (rotated >> 17) | (rotated << 15);
}

uint32_t LittleEndian(const char* bytes, int count) {
  uint32_t value = 0;
  for (int i = count - 1; i >= 0; --i) value = (value << 8) | static_cast<uint8_t>(bytes[i]);
  return value;
}

// One log file, fragment by fragment. `on_record` gets the first bytes of each whole record; false stops.
class LogFile {
 public:
  explicit LogFile(absl::FunctionRef<bool(absl::string_view start)> on_record) : on_record_(on_record) {}

  // False: the whole part ends in this block, maybe for a reason in damage().
  bool ReadBlock(absl::string_view block) {
    for (; block.size() >= kHeaderBytes;) {
      const uint32_t size = LittleEndian(block.data() + 4, 2);
      const auto type = static_cast<uint8_t>(block[6]);
      // Zeros are what a file was preallocated with: the end.
      if (type == 0 && size == 0) return false;
      if (kHeaderBytes + size > block.size()) return Damaged("a fragment is cut");
      if (Unmasked(LittleEndian(block.data(), 4)) != Crc32c(block.substr(6, 1 + size))) return Damaged("checksum does not match");
      if (!OnFragment(type, block.substr(kHeaderBytes, size))) return false;
      at_ += kHeaderBytes + size;
      block.remove_prefix(kHeaderBytes + size);
    }
    at_ += block.size();
    return true;
  }

  const std::string& damage() const { return damage_; }

 private:
  bool OnFragment(uint8_t type, absl::string_view bytes) {
    if (type < kFull || type > kLast) return Damaged("a fragment of an unknown type");
    const bool begins = type == kFull || type == kFirst;
    if (begins == in_record_) return Damaged("fragments in a wrong order");
    if (begins) start_.clear();
    if (start_.size() < kRecordStartBytes) absl::StrAppend(&start_, bytes.substr(0, kRecordStartBytes - start_.size()));
    in_record_ = type == kFirst || type == kMiddle;
    if (in_record_) return true;
    return on_record_(start_) || Damaged("writes before it are missing");
  }

  bool Damaged(absl::string_view what) {
    damage_ = absl::StrCat("at byte ", at_, ": ", what);
    return false;
  }

  absl::FunctionRef<bool(absl::string_view)> on_record_;
  std::string start_;
  bool in_record_ = false;
  uint64_t at_ = 0;
  std::string damage_;
};

absl::StatusOr<std::string> ScanFile(rocksdb::Env& env, const std::string& path,
                                     absl::FunctionRef<bool(absl::string_view)> on_record) {
  const std::string doing = absl::StrCat("reading '", path, "'");
  std::unique_ptr<rocksdb::SequentialFile> file;
  RETURN_IF_ERROR(FromRocksDb(env.NewSequentialFile(path, &file, rocksdb::EnvOptions()), doing));
  LogFile log(on_record);
  std::vector<char> buffer(kReadBytes);
  for (;;) {
    rocksdb::Slice read;
    RETURN_IF_ERROR(FromRocksDb(file->Read(kReadBytes, &read, buffer.data()), doing));
    for (size_t at = 0; at < read.size(); at += kBlockBytes) {
      const absl::string_view block(read.data() + at, std::min(kBlockBytes, read.size() - at));
      if (!log.ReadBlock(block)) return log.damage();
    }
    if (read.size() < kReadBytes) return log.damage();
  }
}

absl::StatusOr<std::vector<uint64_t>> LogNumbers(rocksdb::Env& env, const std::string& store_folder) {
  std::vector<std::string> names;
  RETURN_IF_ERROR(FromRocksDb(env.GetChildren(store_folder, &names), absl::StrCat("listing '", store_folder, "'")));
  std::vector<uint64_t> numbers;
  for (const std::string& name : names) {
    uint64_t number = 0;
    if (absl::EndsWith(name, ".log") && absl::SimpleAtoi(name.substr(0, name.size() - 4), &number)) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace

absl::StatusOr<WalScan> ScanWal(rocksdb::Env& env, const std::string& store_folder, uint64_t in_tables) {
  ASSIGN_OR_RETURN(const std::vector<uint64_t> numbers, LogNumbers(env, store_folder));
  WalScan scan;
  for (uint64_t number : numbers) {
    const std::string name = absl::StrFormat("%06d.log", number);
    ASSIGN_OR_RETURN(const std::string damage, ScanFile(env, absl::StrCat(store_folder, "/", name), [&](absl::string_view start) {
                       if (IsEmptyBatch(start)) return true;
                       const std::optional<WriteEnd> end = WriteEndOfBatch(start);
                       if (!end || (scan.end.write == 0 ? end->write > in_tables + 1 : end->write != scan.end.write + 1))
                         return false;
                       scan.end = *end;
                       return true;
                     }));
    if (!damage.empty()) scan.damage = absl::StrCat(name, " ", damage);
  }
  return scan;
}

}  // namespace touchstone::eventlog::embedded
