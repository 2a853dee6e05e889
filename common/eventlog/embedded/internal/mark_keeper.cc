#include "common/eventlog/embedded/internal/mark_keeper.h"

#include "common/eventlog/embedded/internal/storage_error.h"
#include "rocksdb/status.h"

namespace touchstone::eventlog::embedded {

MarkKeeper::MarkKeeper(std::unique_ptr<MarkFile> file, std::string folder)
    : file_(std::move(file)), folder_(std::move(folder)), posted_(file_->end()) {
  thread_ = std::thread([this] { Run(); });
}

MarkKeeper::~MarkKeeper() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void MarkKeeper::Post(const WriteEnd& end) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    posted_ = end;
  }
  wake_.notify_one();
}

void MarkKeeper::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || posted_.write > file_->end().write; });
    if (posted_.write <= file_->end().write) return;
    const WriteEnd end = posted_;
    lock.unlock();
    const rocksdb::Status status = file_->Advance(end);
    if (!status.ok()) CrashOnStorageFailure(folder_, "syncing its file MARK", status);
    lock.lock();
  }
}

}  // namespace touchstone::eventlog::embedded
