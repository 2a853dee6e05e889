#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rocksdb {
class Env;
class FileLock;
}  // namespace rocksdb

namespace touchstone::eventlog::embedded {

// A data folder on disk, locked for this object alone as long as it lives:
//
//   LOCK     held by the process that uses the folder
//   FORMAT   `touchstone embedded log, format 1`: written first, so that a folder is known for ours
//   store/   RocksDB: the log, the states, the positions, in one database with one write-ahead log
//   MARK     how far the store is durable (mark_file.h): written last; without it nothing was ever acknowledged
class DataFolder {
 public:
  // Makes the folder if it is not there. FAILED_PRECONDITION: another process uses it, or a newer version wrote it. DATA_LOSS:
  // parts of it are missing.
  static absl::StatusOr<std::unique_ptr<DataFolder>> Open(rocksdb::Env& env, const std::string& path);
  // One that is there, and nothing is made or changed but LOCK, and that only where it shall be locked. NOT_FOUND: no log has
  // begun there.
  static absl::StatusOr<std::unique_ptr<DataFolder>> OpenToRead(rocksdb::Env& env, const std::string& path, bool lock);
  ~DataFolder();

  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string store_path() const;

  // False once the folder was removed or moved: what is written then is in files that nobody finds again.
  bool IsThere() const;

  bool has_mark() const { return has_mark_; }
  bool has_store() const { return has_store_; }

 private:
  DataFolder(rocksdb::Env& env, std::string path) : env_(env), path_(std::move(path)) {}
  std::string PathOf(absl::string_view name) const;
  absl::Status Lock();
  absl::Status LookIn();
  absl::Status CheckFormat();
  absl::Status WriteFormat();

  rocksdb::Env& env_;
  const std::string path_;
  rocksdb::FileLock* lock_ = nullptr;
  bool has_mark_ = false;
  bool has_store_ = false;
};

}  // namespace touchstone::eventlog::embedded
