#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/clock/system_clock.h"
#include "common/eventlog/embedded/embedded_log.h"
#include "rocksdb/env.h"
#include "tests/contract/event_log_contract.h"

namespace touchstone::eventlog {
namespace {

// Lets a test hold back the fsync of write-ahead logs.
class SyncGate {
 public:
  void Hold(bool held) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      held_ = held;
    }
    released_.notify_all();
  }

  void Pass() {
    std::unique_lock<std::mutex> lock(mutex_);
    released_.wait(lock, [&] { return !held_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable released_;
  bool held_ = false;
};

class GatedFile : public rocksdb::WritableFileWrapper {
 public:
  GatedFile(std::unique_ptr<rocksdb::WritableFile> file, SyncGate& gate)
      : WritableFileWrapper(file.get()), file_(std::move(file)), gate_(gate) {}

  rocksdb::Status Sync() override {
    gate_.Pass();
    return file_->Sync();
  }
  rocksdb::Status Fsync() override {
    gate_.Pass();
    return file_->Fsync();
  }

 private:
  std::unique_ptr<rocksdb::WritableFile> file_;
  SyncGate& gate_;
};

class GatedEnv : public rocksdb::EnvWrapper {
 public:
  explicit GatedEnv(SyncGate& gate) : EnvWrapper(rocksdb::Env::Default()), gate_(gate) {}
  const char* Name() const override { return "GatedEnv"; }

  // While true nothing is deleted.
  std::atomic<bool> keep_files = false;

  rocksdb::Status DeleteFile(const std::string& name) override {
    return keep_files ? rocksdb::Status::OK() : EnvWrapper::DeleteFile(name);
  }

  rocksdb::Status NewWritableFile(const std::string& name, std::unique_ptr<rocksdb::WritableFile>* file,
                                  const rocksdb::EnvOptions& options) override {
    const rocksdb::Status status = EnvWrapper::NewWritableFile(name, file, options);
    if (status.ok() && absl::EndsWith(name, ".log")) *file = std::make_unique<GatedFile>(std::move(*file), gate_);
    return status;
  }

 private:
  SyncGate& gate_;
};

// Copies the files of a folder whose name begins so, or all others.
void CopyFiles(const std::filesystem::path& from, const std::filesystem::path& to, absl::string_view start, bool others) {
  std::filesystem::create_directories(to);
  for (const std::filesystem::directory_entry& entry : std::filesystem::directory_iterator(from)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && absl::StartsWith(name, start) != others) std::filesystem::copy_file(entry.path(), to / name);
  }
}

class EmbeddedProvider : public LogProvider {
 public:
  EmbeddedProvider()
      : root_(std::filesystem::path(testing::TempDir()) /
              absl::StrCat("embedded-contract-", testing::UnitTest::GetInstance()->random_seed(), "-", ::getpid(), "-", ++made_)),
        env_(gate_) {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }
  ~EmbeddedProvider() override { std::filesystem::remove_all(root_); }

  std::unique_ptr<EventLog> Open(const TopicCatalog& topics) override {
    EmbeddedOptions options;
    options.folder = folder().string();
    options.topics = topics;
    options.env = &env_;
    absl::StatusOr<std::unique_ptr<EmbeddedLog>> log = OpenEmbeddedLog(options, clock_);
    EXPECT_TRUE(log.ok()) << log.status();
    return log.ok() ? *std::move(log) : nullptr;
  }

  // What a kill leaves is what the files hold at that moment: go on with a copy of them.
  bool Kill(std::unique_ptr<EventLog>& log) override {
    const std::filesystem::path before = folder();
    ++kills_;
    // RocksDB may be tidying up in the background: its manifest first, then the files it names, which must not go meanwhile.
    env_.keep_files = true;
    CopyFiles(before / "store", folder() / "store", "MANIFEST", /*others=*/false);
    CopyFiles(before / "store", folder() / "store", "MANIFEST", /*others=*/true);
    CopyFiles(before, folder(), "", /*others=*/false);
    log.reset();
    env_.keep_files = false;
    return true;
  }

  bool HoldDurability(bool hold) override {
    gate_.Hold(hold);
    return true;
  }

  bool fetches_before_durable() const override { return true; }

 private:
  std::filesystem::path folder() const { return root_ / absl::StrCat("data-", kills_); }

  static inline std::atomic<int> made_ = 0;
  const std::filesystem::path root_;
  int kills_ = 0;
  SyncGate gate_;
  GatedEnv env_;
  clock::SystemClock clock_;
};

INSTANTIATE_TEST_SUITE_P(Embedded, EventLogContract,
                         testing::Values(MakeLogProvider([] { return std::make_unique<EmbeddedProvider>(); })));

}  // namespace
}  // namespace touchstone::eventlog
