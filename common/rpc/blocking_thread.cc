#include "common/rpc/blocking_thread.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/runtime/thread_name.h"
#include "common/status/errors.h"

namespace touchstone::rpc {
namespace {

absl::Status Stopping() { return absl::UnavailableError("this server is stopping"); }

}  // namespace

BlockingThread::BlockingThread(std::string name) : name_(std::move(name)), thread_([this] { Run(); }) {}

BlockingThread::~BlockingThread() {
  std::deque<Job> refused;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    refused.swap(waiting_);
    ending_ = true;
    changed_.notify_one();
  }
  for (Job& job : refused) job(Stopping());
  thread_.join();
}

void BlockingThread::Add(Job job) {
  bool ending = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ending = ending_;
    if (!ending && waiting_.size() < kWaitingMax) {
      waiting_.push_back(std::move(job));
      changed_.notify_one();
      return;
    }
  }
  if (ending) return job(Stopping());
  job(status::WithRetry(
      absl::ResourceExhaustedError(absl::StrCat(kWaitingMax, " calls of this kind wait already; come back later")), kRetryDelay));
}

void BlockingThread::Run() {
  runtime::SetThreadName(name_);
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    job(absl::OkStatus());
    job = nullptr;  // What it holds is not for the lock.
    lock.lock();
  }
}

}  // namespace touchstone::rpc
