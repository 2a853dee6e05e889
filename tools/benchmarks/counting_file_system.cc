#include "tools/benchmarks/counting_file_system.h"

#include <utility>

#include "absl/strings/match.h"

namespace touchstone::benchmarks {
namespace {

class CountingFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  CountingFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::atomic<int64_t>& bytes)
      : rocksdb::FSWritableFileOwnerWrapper(std::move(file)), bytes_(bytes) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    bytes_ += static_cast<int64_t>(data.size());
    return rocksdb::FSWritableFileOwnerWrapper::Append(data, options, debug);
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& verification, rocksdb::IODebugContext* debug) override {
    bytes_ += static_cast<int64_t>(data.size());
    return rocksdb::FSWritableFileOwnerWrapper::Append(data, options, verification, debug);
  }

 private:
  std::atomic<int64_t>& bytes_;
};

}  // namespace

rocksdb::IOStatus CountingFileSystem::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                                      std::unique_ptr<rocksdb::FSWritableFile>* result,
                                                      rocksdb::IODebugContext* debug) {
  rocksdb::IOStatus made = rocksdb::FileSystemWrapper::NewWritableFile(path, options, result, debug);
  if (!made.ok()) return made;
  if (absl::EndsWith(path, ".log")) *result = std::make_unique<CountingFile>(std::move(*result), wal_bytes_);
  if (absl::EndsWith(path, ".sst")) *result = std::make_unique<CountingFile>(std::move(*result), table_bytes_);
  return made;
}

}  // namespace touchstone::benchmarks
