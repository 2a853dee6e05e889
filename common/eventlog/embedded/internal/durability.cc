#include "common/eventlog/embedded/internal/durability.h"

#include "absl/strings/str_cat.h"
#include "common/eventlog/embedded/internal/partition_log.h"
#include "common/eventlog/embedded/internal/storage_error.h"
#include "common/eventlog/embedded/internal/store.h"
#include "common/eventlog/event_log.h"
#include "common/status/invariant.h"
#include "rocksdb/status.h"

namespace touchstone::eventlog::embedded {

Durability::Durability(Store& store, std::unique_ptr<MarkFile> mark, std::string folder, const WriteEnd& recovered,
                       ChangeSignal& changes)
    : store_(store),
      folder_(std::move(folder)),
      changes_(changes),
      mark_(std::move(mark), folder_),
      written_(recovered),
      called_back_(recovered.write),
      durable_write_(recovered.write) {
  mark_.Post(recovered);
  thread_ = std::thread([this] { Run(); });
}

Durability::~Durability() { Finish(); }

void Durability::Finish() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Durability::Written(const WriteEnd& end, std::vector<Extent> extents, std::vector<Done> acknowledge) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    INVARIANT(end.write == written_.write + 1, absl::StrCat(end.write, " after ", written_.write));
    written_ = end;
    for (const Extent& extent : extents) extents_.emplace_hint(extents_.end(), end.write, extent);
    for (Done& done : acknowledge) waiting_.emplace(end.write, std::move(done));
  }
  wake_.notify_one();
}

void Durability::WhenDurable(uint64_t write, Done done) {
  bool called_back = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    INVARIANT(write <= written_.write, absl::StrCat("nothing was committed at ", write, "; the last is ", written_.write));
    called_back = write <= called_back_;
    if (!called_back && !ended_) {
      waiting_.emplace(write, std::move(done));
      return;
    }
  }
  done(called_back ? absl::OkStatus() : LogClosed());
}

void Durability::RunSoon(std::function<void()> work) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    work_ = std::move(work);
  }
  wake_.notify_one();
}

void Durability::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || work_ != nullptr || written_.write > durable_write(); });
    if (work_ != nullptr) {
      const std::function<void()> work = std::exchange(work_, nullptr);
      lock.unlock();
      work();
      lock.lock();
    }
    if (written_.write > durable_write()) {
      Sync(lock);
      CallBack(lock);
    } else if (stopping_) {
      ended_ = true;
      return;
    }
  }
}

void Durability::Sync(std::unique_lock<std::mutex>& lock) {
  const WriteEnd end = written_;
  lock.unlock();
  const rocksdb::Status status = store_.SyncWal();
  if (!status.ok()) CrashOnStorageFailure(folder_, "fsync of its write-ahead log", status);
  mark_.Post(end);
  lock.lock();
  durable_write_.store(end.write, std::memory_order_release);
  const auto covered = extents_.upper_bound(end.write);
  for (auto extent = extents_.begin(); extent != covered; ++extent)
    extent->second.partition->AdvanceDurable(extent->second.end_offset);
  extents_.erase(extents_.begin(), covered);
}

void Durability::CallBack(std::unique_lock<std::mutex>& lock) {
  const uint64_t durable = durable_write();
  lock.unlock();
  changes_.Raise();
  lock.lock();
  // Again and again: what a callback or another thread adds meanwhile for these writes keeps its place behind them.
  while (!waiting_.empty() && waiting_.begin()->first <= durable) {
    std::multimap<uint64_t, Done> ready;
    while (!waiting_.empty() && waiting_.begin()->first <= durable) ready.insert(ready.end(), waiting_.extract(waiting_.begin()));
    lock.unlock();
    for (auto& [write, done] : ready) done(absl::OkStatus());
    lock.lock();
  }
  called_back_ = durable;
}

}  // namespace touchstone::eventlog::embedded
