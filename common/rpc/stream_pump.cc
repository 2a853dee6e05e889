#include "common/rpc/stream_pump.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/runtime/thread_name.h"
#include "common/status/errors.h"

namespace touchstone::rpc {

StreamPump::StreamPump(const clock::Clock& clock, StreamPumpOptions options)
    : clock_(clock), options_(options), thread_([this] { Run(); }) {}

StreamPump::~StreamPump() { Stop(); }

absl::Status StreamPump::Add(std::shared_ptr<Pumped> stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!closed_.ok()) return closed_;
  if (static_cast<int>(streams_.size()) >= options_.streams_max) {
    return status::WithRetry(absl::ResourceExhaustedError(absl::StrCat("this server drives ", options_.streams_max,
                                                                       " streams already; come back later or ask another")),
                             options_.retry_delay);
  }
  const Pumped* key = stream.get();
  streams_.emplace(key, std::move(stream));
  woken_.insert(key);
  changed_.notify_one();
  return absl::OkStatus();
}

void StreamPump::Wake() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (streams_.empty()) return;
  all_woken_ = true;
  changed_.notify_one();
}

void StreamPump::Wake(const Pumped* stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!streams_.contains(stream)) return;
  woken_.insert(stream);
  changed_.notify_one();
}

void StreamPump::Close(const absl::Status& why) {
  std::vector<std::shared_ptr<Pumped>> open;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closed_.ok()) closed_ = why;
    for (const auto& [key, stream] : streams_) open.push_back(stream);
  }
  for (const std::shared_ptr<Pumped>& stream : open) stream->Close(why);
  Wake();
}

void StreamPump::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    if (closed_.ok()) closed_ = absl::UnavailableError("the server is stopping");
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  // Destroyed outside the lock: a stream's end may call back.
  decltype(streams_) left;
  const std::lock_guard<std::mutex> lock(mutex_);
  left.swap(streams_);
}

int StreamPump::size() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int>(streams_.size());
}

std::vector<std::shared_ptr<Pumped>> StreamPump::NextTurn() {
  std::unique_lock<std::mutex> lock(mutex_);
  const bool woken = changed_.wait_for(lock, absl::ToChronoNanoseconds(options_.sweep),
                                       [this] { return stopping_ || all_woken_ || !woken_.empty(); });
  std::vector<std::shared_ptr<Pumped>> turn;
  if (stopping_) return turn;
  // Busy streams must not keep the others from their sweep, so time decides too.
  const absl::Duration now = clock_.Monotonic();
  if (!woken || all_woken_ || now >= next_sweep_) {
    next_sweep_ = now + options_.sweep;
    turn.reserve(streams_.size());
    for (const auto& [key, stream] : streams_) turn.push_back(stream);
  } else {
    for (const Pumped* key : woken_) {
      const auto stream = streams_.find(key);
      if (stream != streams_.end()) turn.push_back(stream->second);
    }
  }
  all_woken_ = false;
  woken_.clear();
  return turn;
}

void StreamPump::Run() {
  runtime::SetThreadName("stream-pump");
  while (true) {
    std::vector<std::shared_ptr<Pumped>> turn = NextTurn();
    const absl::Duration now = clock_.Monotonic();
    std::vector<const Pumped*> finished;
    for (const std::shared_ptr<Pumped>& stream : turn) {
      if (!stream->Pump(now)) finished.push_back(stream.get());
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const Pumped* stream : finished) streams_.erase(stream);  // `turn` still holds it, so nothing ends under the lock.
    if (stopping_) return;
  }
}

}  // namespace touchstone::rpc
