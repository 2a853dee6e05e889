#include "common/eventlog/embedded/internal/durable_callbacks.h"

#include <utility>

#include "common/eventlog/event_log.h"

namespace touchstone::eventlog::embedded {

DurableCallbacks::DurableCallbacks(uint64_t durable) : durable_(durable), called_(durable), thread_([this] { Run(); }) {}

DurableCallbacks::~DurableCallbacks() { Finish(); }

void DurableCallbacks::Add(uint64_t write, std::vector<Done> done) {
  bool called = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    called = write <= called_;
    if (!called && !ended_) {
      // Where `write` is durable the thread is at it: it takes in what is added until nothing is left.
      for (Done& each : done) waiting_.emplace(write, std::move(each));
      return;
    }
  }
  for (Done& each : done) each(called ? absl::OkStatus() : LogClosed());
}

void DurableCallbacks::Advance(uint64_t write) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    durable_ = write;
  }
  wake_.notify_one();
}

void DurableCallbacks::Finish() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void DurableCallbacks::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || called_ < durable_; });
    CallDurable(lock);
    if (stopping_ && called_ == durable_) break;
  }
  ended_ = true;
  std::multimap<uint64_t, Done> undecided = std::exchange(waiting_, {});
  lock.unlock();
  for (auto& [write, done] : undecided) done(LogClosed());
}

void DurableCallbacks::CallDurable(std::unique_lock<std::mutex>& lock) {
  const uint64_t durable = durable_;
  // Again and again: what a call or another thread adds meanwhile for these writes keeps its place behind them.
  while (!waiting_.empty() && waiting_.begin()->first <= durable) {
    std::multimap<uint64_t, Done> ready;
    while (!waiting_.empty() && waiting_.begin()->first <= durable) ready.insert(ready.end(), waiting_.extract(waiting_.begin()));
    lock.unlock();
    for (auto& [write, done] : ready) done(absl::OkStatus());
    lock.lock();
  }
  called_ = durable;
}

}  // namespace touchstone::eventlog::embedded
