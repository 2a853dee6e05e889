#include "common/eventlog/embedded/testing/power_loss_file_system.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "rocksdb/env.h"

namespace touchstone::eventlog::embedded {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
using Disk = PowerLossFileSystem::Disk;

// An open file of any kind.
struct Handle {
  PowerLossFileSystem& files;
  std::string path;
  Disk node;

  IOStatus Read(uint64_t offset, size_t size, Slice* result, char* scratch) const {
    *result = Slice(scratch, files.Read(*node, offset, size, scratch));
    return IOStatus::OK();
  }
};

class SequentialFile : public rocksdb::FSSequentialFile {
 public:
  explicit SequentialFile(Handle handle) : handle_(std::move(handle)) {}

  IOStatus Read(size_t size, const IOOptions&, Slice* result, char* scratch, IODebugContext*) override {
    const IOStatus status = handle_.Read(at_, size, result, scratch);
    at_ += result->size();
    return status;
  }
  IOStatus Skip(uint64_t size) override {
    at_ = std::min(at_ + size, handle_.files.Size(*handle_.node));
    return IOStatus::OK();
  }

 private:
  const Handle handle_;
  uint64_t at_ = 0;
};

class RandomAccessFile : public rocksdb::FSRandomAccessFile {
 public:
  explicit RandomAccessFile(Handle handle) : handle_(std::move(handle)) {}

  IOStatus Read(uint64_t offset, size_t size, const IOOptions&, Slice* result, char* scratch, IODebugContext*) const override {
    return handle_.Read(offset, size, result, scratch);
  }

 private:
  const Handle handle_;
};

class WritableFile : public rocksdb::FSWritableFile {
 public:
  explicit WritableFile(Handle handle) : handle_(std::move(handle)) {}

  using FSWritableFile::Append;
  IOStatus Append(const Slice& bytes, const IOOptions&, IODebugContext*) override {
    handle_.files.AppendTo(*handle_.node, bytes);
    return IOStatus::OK();
  }
  IOStatus Truncate(uint64_t size, const IOOptions&, IODebugContext*) override {
    handle_.files.TruncateTo(*handle_.node, size);
    return IOStatus::OK();
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    handle_.files.Sync(handle_.path, *handle_.node);
    return IOStatus::OK();
  }
  bool IsSyncThreadSafe() const override { return true; }
  uint64_t GetFileSize(const IOOptions&, IODebugContext*) override { return handle_.files.Size(*handle_.node); }

 private:
  const Handle handle_;
};

class RandomRWFile : public rocksdb::FSRandomRWFile {
 public:
  explicit RandomRWFile(Handle handle) : handle_(std::move(handle)) {}

  IOStatus Write(uint64_t offset, const Slice& bytes, const IOOptions&, IODebugContext*) override {
    handle_.files.WriteTo(*handle_.node, offset, bytes);
    return IOStatus::OK();
  }
  IOStatus Read(uint64_t offset, size_t size, const IOOptions&, Slice* result, char* scratch, IODebugContext*) const override {
    return handle_.Read(offset, size, result, scratch);
  }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    handle_.files.Sync(handle_.path, *handle_.node);
    return IOStatus::OK();
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  const Handle handle_;
};

class Directory : public rocksdb::FSDirectory {
 public:
  explicit Directory(Handle handle) : handle_(std::move(handle)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    handle_.files.SyncEntries(*handle_.node);
    return IOStatus::OK();
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  const Handle handle_;
};

class SilentLogger : public rocksdb::Logger {
 public:
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
  size_t GetLogFileSize() const override { return 0; }
};

struct NamedLock : rocksdb::FileLock {
  explicit NamedLock(std::string path) : path(std::move(path)) {}
  const std::string path;
};

// Whether what was written to one file is there and what was written to another is not.
void CountAcrossFiles(LossCounts& losses) {
  std::set<std::string> lost;
  std::set<std::string> kept;
  for (const auto& [what, count] : losses) {
    const std::string file = what.substr(0, what.find(':'));
    if (what.find(": all unsynced lost") != std::string::npos) lost.insert(file);
    if (what.find(": all unsynced kept") != std::string::npos) kept.insert(file);
  }
  for (const std::string& file : kept) {
    if (lost.size() > lost.count(file)) ++losses["files: " + file + " kept, another lost"];
  }
}

}  // namespace

PowerLossFileSystem::PowerLossFileSystem(Disk disk) : FileSystemWrapper(FileSystem::Default()), disk_(std::move(disk)) {}

void PowerLossFileSystem::CutAfter(int64_t changes, uint64_t seed, std::function<void()> at_cut) {
  std::lock_guard<std::mutex> lock(mutex_);
  changes_until_cut_ = changes;
  seed_ = seed;
  at_cut_ = std::move(at_cut);
}

void PowerLossFileSystem::Cut() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (left_ == nullptr) CutNow();
}

bool PowerLossFileSystem::is_cut() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return left_ != nullptr;
}

LossCounts PowerLossFileSystem::losses() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return losses_;
}

Disk PowerLossFileSystem::left() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return left_;
}

void PowerLossFileSystem::LieAboutSyncing(std::set<std::string> suffixes) {
  std::lock_guard<std::mutex> lock(mutex_);
  lied_about_ = std::move(suffixes);
}

void PowerLossFileSystem::OneMoreChange() {
  if (changes_until_cut_ < 0 || changes_until_cut_-- > 0) return;
  if (left_ == nullptr) CutNow();
}

void PowerLossFileSystem::CutNow() {
  if (at_cut_) at_cut_();
  std::mt19937_64 random(seed_);
  left_ = disk_->AfterPowerLoss(random, "", losses_);
  CountAcrossFiles(losses_);
}

void PowerLossFileSystem::WriteTo(DiskNode& file, uint64_t offset, const Slice& bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  OneMoreChange();
  file.Write(offset, {bytes.data(), bytes.size()});
}

void PowerLossFileSystem::AppendTo(DiskNode& file, const Slice& bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  OneMoreChange();
  file.Write(file.bytes().size(), {bytes.data(), bytes.size()});
}

void PowerLossFileSystem::TruncateTo(DiskNode& file, uint64_t size) {
  std::lock_guard<std::mutex> lock(mutex_);
  OneMoreChange();
  file.Truncate(size);
}

void PowerLossFileSystem::Sync(const std::string& path, DiskNode& file) {
  std::lock_guard<std::mutex> lock(mutex_);
  OneMoreChange();
  for (const std::string& suffix : lied_about_) {
    if (absl::EndsWith(path, suffix)) return;
  }
  file.SyncBytes();
}

void PowerLossFileSystem::SyncEntries(DiskNode& folder) {
  std::lock_guard<std::mutex> lock(mutex_);
  OneMoreChange();
  folder.SyncEntries();
}

size_t PowerLossFileSystem::Read(const DiskNode& file, uint64_t offset, size_t size, char* to) const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (offset >= file.bytes().size()) return 0;
  const size_t read = std::min<size_t>(size, file.bytes().size() - offset);
  std::memcpy(to, file.bytes().data() + offset, read);
  return read;
}

uint64_t PowerLossFileSystem::Size(const DiskNode& file) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return file.bytes().size();
}

PowerLossFileSystem::Place PowerLossFileSystem::Locate(const std::string& path) const {
  Place place{nullptr, "", disk_};
  for (absl::string_view name : absl::StrSplit(path, '/', absl::SkipEmpty())) {
    if (place.node == nullptr || !place.node->is_folder()) return {};
    place.folder = place.node;
    place.name = std::string(name);
    place.node = place.folder->Find(place.name);
  }
  return place;
}

Disk PowerLossFileSystem::OpenForWriting(const std::string& path, bool fresh) {
  Place place = Locate(path);
  if (place.folder == nullptr) return nullptr;
  if (place.node != nullptr && !fresh) return place.node;
  OneMoreChange();
  auto node = std::make_shared<DiskNode>(/*is_folder=*/false);
  place.folder->Set(place.name, node);
  return node;
}

IOStatus PowerLossFileSystem::NewSequentialFile(const std::string& path, const FileOptions&,
                                                std::unique_ptr<rocksdb::FSSequentialFile>* result, IODebugContext*) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Disk node = Locate(path).node;
  if (node == nullptr) return IOStatus::PathNotFound(path);
  *result = std::make_unique<SequentialFile>(Handle{*this, path, node});
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::NewRandomAccessFile(const std::string& path, const FileOptions&,
                                                  std::unique_ptr<rocksdb::FSRandomAccessFile>* result, IODebugContext*) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Disk node = Locate(path).node;
  if (node == nullptr) return IOStatus::PathNotFound(path);
  *result = std::make_unique<RandomAccessFile>(Handle{*this, path, node});
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::NewWritableFile(const std::string& path, const FileOptions&,
                                              std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext*) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Disk node = OpenForWriting(path, /*fresh=*/true);
  if (node == nullptr) return IOStatus::PathNotFound(path);
  *result = std::make_unique<WritableFile>(Handle{*this, path, node});
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::ReopenWritableFile(const std::string& path, const FileOptions&,
                                                 std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext*) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Disk node = OpenForWriting(path, /*fresh=*/false);
  if (node == nullptr) return IOStatus::PathNotFound(path);
  *result = std::make_unique<WritableFile>(Handle{*this, path, node});
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::ReuseWritableFile(const std::string& path, const std::string& old_path, const FileOptions& options,
                                                std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* context) {
  const IOStatus renamed = RenameFile(old_path, path, IOOptions(), context);
  return renamed.ok() ? NewWritableFile(path, options, result, context) : renamed;
}

IOStatus PowerLossFileSystem::NewRandomRWFile(const std::string& path, const FileOptions&,
                                              std::unique_ptr<rocksdb::FSRandomRWFile>* result, IODebugContext*) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Disk node = Locate(path).node;
  if (node == nullptr) return IOStatus::PathNotFound(path);
  *result = std::make_unique<RandomRWFile>(Handle{*this, path, node});
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::NewDirectory(const std::string& path, const IOOptions&,
                                           std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Disk node = Locate(path).node;
  if (node == nullptr || !node->is_folder()) return IOStatus::PathNotFound(path);
  *result = std::make_unique<Directory>(Handle{*this, path, node});
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::FileExists(const std::string& path, const IOOptions&, IODebugContext*) {
  std::lock_guard<std::mutex> lock(mutex_);
  return Locate(path).node != nullptr ? IOStatus::OK() : IOStatus::NotFound(path);
}

IOStatus PowerLossFileSystem::GetChildren(const std::string& path, const IOOptions&, std::vector<std::string>* names,
                                          IODebugContext*) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Disk node = Locate(path).node;
  if (node == nullptr || !node->is_folder()) return IOStatus::NotFound(path);
  names->clear();
  for (const auto& [name, entry] : node->entries()) names->push_back(name);
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Place place = Locate(path);
  if (place.node == nullptr || place.folder == nullptr) return IOStatus::PathNotFound(path);
  OneMoreChange();
  place.folder->Erase(place.name);
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::Truncate(const std::string& path, size_t size, const IOOptions&, IODebugContext*) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Disk node = Locate(path).node;
  if (node == nullptr) return IOStatus::PathNotFound(path);
  OneMoreChange();
  node->Truncate(size);
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::CreateDir(const std::string& path, const IOOptions&, IODebugContext*) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Place place = Locate(path);
  if (place.folder == nullptr) return IOStatus::PathNotFound(path);
  if (place.node != nullptr) return IOStatus::IOError(path, "exists");
  OneMoreChange();
  place.folder->Set(place.name, std::make_shared<DiskNode>(/*is_folder=*/true));
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::CreateDirIfMissing(const std::string& path, const IOOptions& options, IODebugContext* context) {
  return FileExists(path, options, context).ok() ? IOStatus::OK() : CreateDir(path, options, context);
}

IOStatus PowerLossFileSystem::DeleteDir(const std::string& path, const IOOptions& options, IODebugContext* context) {
  return DeleteFile(path, options, context);
}

IOStatus PowerLossFileSystem::GetFileSize(const std::string& path, const IOOptions&, uint64_t* size, IODebugContext*) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Disk node = Locate(path).node;
  if (node == nullptr) return IOStatus::PathNotFound(path);
  *size = node->bytes().size();
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::GetFileModificationTime(const std::string&, const IOOptions&, uint64_t* time, IODebugContext*) {
  *time = 0;
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::GetAbsolutePath(const std::string& path, const IOOptions&, std::string* absolute, IODebugContext*) {
  *absolute = path;
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::RenameFile(const std::string& from, const std::string& to, const IOOptions&, IODebugContext*) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Place source = Locate(from);
  const Place target = Locate(to);
  if (source.node == nullptr || target.folder == nullptr) return IOStatus::PathNotFound(from);
  OneMoreChange();
  if (source.folder == target.folder) {
    source.folder->Rename(source.name, target.name);
  } else {
    target.folder->Set(target.name, source.node);
    source.folder->Erase(source.name);
  }
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::LinkFile(const std::string&, const std::string&, const IOOptions&, IODebugContext*) {
  return IOStatus::NotSupported("LinkFile");
}

IOStatus PowerLossFileSystem::LockFile(const std::string& path, const IOOptions&, rocksdb::FileLock** lock, IODebugContext*) {
  std::lock_guard<std::mutex> guard(mutex_);
  if (!locks_.insert(path).second) return IOStatus::IOError("lock hold by current process: " + path);
  *lock = new NamedLock(path);
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) {
  std::lock_guard<std::mutex> guard(mutex_);
  locks_.erase(static_cast<NamedLock*>(lock)->path);
  delete static_cast<NamedLock*>(lock);
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::NewLogger(const std::string&, const IOOptions&, std::shared_ptr<rocksdb::Logger>* result,
                                        IODebugContext*) {
  *result = std::make_shared<SilentLogger>();
  return IOStatus::OK();
}

IOStatus PowerLossFileSystem::IsDirectory(const std::string& path, const IOOptions&, bool* is_folder, IODebugContext*) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Disk node = Locate(path).node;
  if (node == nullptr) return IOStatus::PathNotFound(path);
  *is_folder = node->is_folder();
  return IOStatus::OK();
}

}  // namespace touchstone::eventlog::embedded
