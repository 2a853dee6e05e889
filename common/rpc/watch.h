#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/pushback.h"
#include "common/rpc/stream_pump.h"
#include "common/rpc/to_grpc.h"
#include "common/rpc/watch_pace.h"

namespace touchstone::rpc {

// Where a watch's messages come from. Called by the pump's thread only, and destroyed there or with the pump.
template <typename Message>
class WatchSource {
 public:
  virtual ~WatchSource() = default;

  // The next message, if there is one now; must not block. What it returns is on its way out, so only what is durable. An
  // error ends the watch with it.
  virtual absl::StatusOr<std::optional<Message>> Next() = 0;

  // Whether there is more to look through now, though Next gave nothing: a turn of one watch is bounded, so that the others have
  // theirs, and it has another soon.
  virtual bool More() const { return false; }

  // What to send after a silence, usually the resume token alone; nullopt: nothing.
  virtual std::optional<Message> Heartbeat() { return std::nullopt; }
};

// What one turn takes from a source at most. What it took is written message after message without another turn: each would
// cost two changes of threads.
inline constexpr size_t kBurstMessagesMax = 32;
inline constexpr size_t kBurstBytesMax = 64 << 10;

namespace internal {

// One server-streaming call. It owns itself until gRPC is done with it, and is shared with the pump until it is finished.
template <typename Message>
class WatchReactor final : public grpc::ServerWriteReactor<Message>, public Pumped {
 public:
  WatchReactor(grpc::CallbackServerContext* context, StreamPump& pump, std::unique_ptr<WatchSource<Message>> source,
               const WatchOptions& options)
      : context_(context), pump_(pump), source_(std::move(source)), pace_(options) {}

  // Hands `watch` to the pump, or ends it where the pump refuses.
  static grpc::ServerWriteReactor<Message>* Begin(std::shared_ptr<WatchReactor> watch, const absl::Status& source_status) {
    WatchReactor* reactor = watch.get();
    reactor->self_ = watch;
    const absl::Status status = source_status.ok() ? reactor->pump_.Add(std::move(watch)) : source_status;
    if (!status.ok()) reactor->End(status);
    return reactor;
  }

  bool Pump(absl::Duration now) override {
    const bool write_in_flight = write_in_flight_.load(std::memory_order_acquire);
    if (has_read_.exchange(false, std::memory_order_relaxed)) pace_.Wrote(now);
    const WatchPace::Step step = pace_.Next(now, write_in_flight);
    // A cut or cancelled write comes back at once, and then the watch ends.
    if (write_in_flight) {
      if (step == WatchPace::Step::kCut) context_->TryCancel();
      return true;
    }
    if (gone_.load(std::memory_order_acquire)) return End(absl::CancelledError("the watcher is gone"));
    if (absl::Status why = Closed(); !why.ok()) return End(why);
    if (step == WatchPace::Step::kEnd) return End(pace_.TooOld());
    return Offer(now);
  }

  void Close(const absl::Status& why) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closed_.ok()) closed_ = why;
  }

  void OnWriteDone(bool ok) override {
    has_read_.store(true, std::memory_order_relaxed);
    if (ok && !burst_.empty()) return WriteNext();
    if (!ok) gone_.store(true, std::memory_order_release);
    write_in_flight_.store(false, std::memory_order_release);
    pump_.Wake(this);
  }

  void OnCancel() override {
    gone_.store(true, std::memory_order_release);
    pump_.Wake(this);
  }

  void OnDone() override {
    const std::shared_ptr<WatchReactor> last = std::move(self_);  // Destroys this, or leaves it to the pump.
  }

 private:
  bool Offer(absl::Duration now) {
    TakeBurst();
    if (burst_.empty() && !failed_.ok()) return End(failed_);
    if (burst_.empty() && pace_.HeartbeatDue(now)) {
      if (std::optional<Message> heartbeat = source_->Heartbeat()) burst_.push_back(*std::move(heartbeat));
      pace_.Wrote(now);
    }
    if (burst_.empty()) {
      if (source_->More()) pump_.Wake(this);
      return true;
    }
    pace_.Wrote(now);
    write_in_flight_.store(true, std::memory_order_release);
    WriteNext();
    return true;
  }

  void TakeBurst() {
    for (size_t bytes = 0; failed_.ok() && burst_.size() < kBurstMessagesMax && bytes < kBurstBytesMax;) {
      absl::StatusOr<std::optional<Message>> next = source_->Next();
      failed_ = next.status();
      if (!next.ok() || !next->has_value()) return;
      bytes += (*next)->ByteSizeLong();
      burst_.push_back(**std::move(next));
    }
  }

  void WriteNext() {
    message_ = std::move(burst_.front());
    burst_.pop_front();
    this->StartWrite(&message_);
  }

  // The source's end may close what only the pump's thread may touch. Always false: the pump is to forget this.
  bool End(const absl::Status& status) {
    source_.reset();
    AddPushback(status, *context_);
    this->Finish(ToGrpcStatus(status));
    return false;
  }

  absl::Status Closed() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return closed_;
  }

  grpc::CallbackServerContext* const context_;
  StreamPump& pump_;
  std::unique_ptr<WatchSource<Message>> source_;
  WatchPace pace_;
  // The pump's, but for the while of write_in_flight_: then they are what is on its way, and what follows it.
  Message message_;
  std::deque<Message> burst_;
  absl::Status failed_;  // The source's error, told after what it gave before.
  std::atomic<bool> has_read_{false};
  std::atomic<bool> write_in_flight_{false};
  std::atomic<bool> gone_{false};
  std::mutex mutex_;
  absl::Status closed_;  // Guarded by mutex_.
  std::shared_ptr<WatchReactor> self_;
};

}  // namespace internal

// Answers a watch: messages of `source` as there are any (`pump.Wake()` says there may be), taken in bursts of bounded size,
// heartbeats in silence, one message on its way at a time. Ends with the source's error (also one that comes instead of a
// source), RESOURCE_EXHAUSTED where the pump drives too many, UNAVAILABLE when it is old or the server stops. `pump` outlives the
// call.
//
//   return Watch<WatchJourneyEventsResponse>(context, pump_, OpenWatch(*request));
template <typename Message>
grpc::ServerWriteReactor<Message>* Watch(grpc::CallbackServerContext* context, StreamPump& pump,
                                         absl::StatusOr<std::unique_ptr<WatchSource<Message>>> source,
                                         const WatchOptions& options = {}) {
  using Reactor = internal::WatchReactor<Message>;
  const absl::Status status = source.status();
  auto watch = std::make_shared<Reactor>(context, pump, status.ok() ? *std::move(source) : nullptr, options);
  return Reactor::Begin(std::move(watch), status);
}

}  // namespace touchstone::rpc
