#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "common/eventlog/embedded/testing/simulated_disk.h"
#include "rocksdb/file_system.h"

namespace touchstone::eventlog::embedded {

// A file system in memory whose power can be cut. What runs on it goes on undisturbed, so that no error tells it; what the disk
// held at that moment is kept apart, as a disk to start again from. Thread-safe.
class PowerLossFileSystem : public rocksdb::FileSystemWrapper {
 public:
  using Disk = std::shared_ptr<DiskNode>;

  static Disk EmptyDisk() { return std::make_shared<DiskNode>(/*is_folder=*/true); }

  explicit PowerLossFileSystem(Disk disk);
  static const char* kClassName() { return "PowerLossFileSystem"; }
  const char* Name() const override { return kClassName(); }

  // Cuts the power after so many more changes (writes, syncs, entries), with losses drawn from `seed`; `at_cut` is called just
  // before, while the file system stands still.
  void CutAfter(int64_t changes, uint64_t seed, std::function<void()> at_cut);
  // Now, if it has not happened.
  void Cut();
  bool is_cut() const;
  // What is left, after the cut.
  Disk left() const;
  // Of what the loss was made.
  LossCounts losses() const;

  // Syncs of files whose name ends so do nothing from now on, and say that they did.
  void LieAboutSyncing(std::set<std::string> suffixes);

  // Files, on behalf of the open handles.
  void WriteTo(DiskNode& file, uint64_t offset, const rocksdb::Slice& bytes);
  void AppendTo(DiskNode& file, const rocksdb::Slice& bytes);
  void TruncateTo(DiskNode& file, uint64_t size);
  void Sync(const std::string& path, DiskNode& file);
  void SyncEntries(DiskNode& folder);
  size_t Read(const DiskNode& file, uint64_t offset, size_t size, char* to) const;
  uint64_t Size(const DiskNode& file) const;

  using IOStatus = rocksdb::IOStatus;
  using IOOptions = rocksdb::IOOptions;
  using FileOptions = rocksdb::FileOptions;
  using IODebugContext = rocksdb::IODebugContext;
  IOStatus NewSequentialFile(const std::string& path, const FileOptions&, std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext*) override;
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions&, std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext*) override;
  IOStatus NewWritableFile(const std::string& path, const FileOptions&, std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext*) override;
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions&, std::unique_ptr<rocksdb::FSWritableFile>* result,
                              IODebugContext*) override;
  IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path, const FileOptions&,
                             std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext*) override;
  IOStatus NewRandomRWFile(const std::string& path, const FileOptions&, std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                           IODebugContext*) override;
  IOStatus NewDirectory(const std::string& path, const IOOptions&, std::unique_ptr<rocksdb::FSDirectory>* result,
                        IODebugContext*) override;
  IOStatus FileExists(const std::string& path, const IOOptions&, IODebugContext*) override;
  IOStatus GetChildren(const std::string& path, const IOOptions&, std::vector<std::string>* names, IODebugContext*) override;
  IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override;
  IOStatus Truncate(const std::string& path, size_t size, const IOOptions&, IODebugContext*) override;
  IOStatus CreateDir(const std::string& path, const IOOptions&, IODebugContext*) override;
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions&, IODebugContext*) override;
  IOStatus DeleteDir(const std::string& path, const IOOptions&, IODebugContext*) override;
  IOStatus GetFileSize(const std::string& path, const IOOptions&, uint64_t* size, IODebugContext*) override;
  IOStatus GetFileModificationTime(const std::string& path, const IOOptions&, uint64_t* time, IODebugContext*) override;
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* absolute, IODebugContext*) override;
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&, IODebugContext*) override;
  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions&, IODebugContext*) override;
  IOStatus LockFile(const std::string& path, const IOOptions&, rocksdb::FileLock** lock, IODebugContext*) override;
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override;
  IOStatus NewLogger(const std::string& path, const IOOptions&, std::shared_ptr<rocksdb::Logger>* result,
                     IODebugContext*) override;
  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* is_folder, IODebugContext*) override;

 private:
  struct Place {
    Disk folder;  // Null: there is no such folder.
    std::string name;
    Disk node;  // Null: there is no such entry.
  };

  // These with mutex_ held.
  Place Locate(const std::string& path) const;
  void OneMoreChange();
  void CutNow();
  // The file at the path, new and empty where `fresh` says so or there is none.
  Disk OpenForWriting(const std::string& path, bool fresh);

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  const Disk disk_;
  Disk left_;
  LossCounts losses_;
  int64_t changes_until_cut_ = -1;
  uint64_t seed_ = 0;
  std::function<void()> at_cut_;
  std::set<std::string> lied_about_;
  std::set<std::string> locks_;
};

}  // namespace touchstone::eventlog::embedded
