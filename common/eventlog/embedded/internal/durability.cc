#include "common/eventlog/embedded/internal/durability.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/eventlog/embedded/internal/partition_log.h"
#include "common/eventlog/embedded/internal/storage_error.h"
#include "common/eventlog/embedded/internal/store.h"
#include "common/status/invariant.h"
#include "rocksdb/status.h"

namespace touchstone::eventlog::embedded {
namespace {

// From the end of a sync to the begin of the next. Syncs back to back each cover little, and keep the disk and a good part of a
// core from the work that they wait for: what is written meanwhile shares the next.
constexpr absl::Duration kBetweenSyncs = absl::Microseconds(300);

}  // namespace

Durability::Durability(Store& store, std::unique_ptr<MarkFile> mark, std::string folder, const WriteEnd& recovered,
                       ChangeSignal& tail_changes)
    : store_(store),
      folder_(std::move(folder)),
      tail_changes_(tail_changes),
      mark_(std::move(mark), folder_),
      callbacks_(recovered.write),
      written_(recovered),
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
  callbacks_.Finish();
}

void Durability::Written(const WriteEnd& end, std::vector<Extent> extents, std::vector<Done> acknowledge) {
  // Before it can become durable: so that none is called here, on the thread that writes.
  callbacks_.Add(end.write, std::move(acknowledge));
  {
    std::lock_guard<std::mutex> lock(mutex_);
    INVARIANT(end.write == written_.write + 1, absl::StrCat(end.write, " after ", written_.write));
    written_ = end;
    for (const Extent& extent : extents) extents_.emplace_hint(extents_.end(), end.write, extent);
  }
  wake_.notify_one();
}

void Durability::WhenDurable(uint64_t write, Done done) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    INVARIANT(write <= written_.write, absl::StrCat("nothing was committed at ", write, "; the last is ", written_.write));
  }
  std::vector<Done> one;
  one.push_back(std::move(done));
  callbacks_.Add(write, std::move(one));
}

void Durability::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || written_.write > durable_write(); });
    if (written_.write == durable_write()) return;
    Sync(lock);
    wake_.wait_for(lock, absl::ToChronoNanoseconds(kBetweenSyncs), [&] { return stopping_; });
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
  lock.unlock();
  tail_changes_.Raise();
  callbacks_.Advance(end.write);
  lock.lock();
}

}  // namespace touchstone::eventlog::embedded
