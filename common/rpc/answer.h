#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace touchstone::rpc {

// When the client stops waiting; InfiniteFuture if it did not say. Hand it on to whatever the call waits for.
absl::Time DeadlineOf(const grpc::CallbackServerContext& context);

namespace internal {

// One unary call, from its handler until gRPC and the last Completion have let go of it. Whoever answers first, the
// completion or the end of the call (client gone, deadline passed, server stopping), wins; the other does nothing. The
// response and the context belong to gRPC and end with the call, so only the winner may touch them.
class UnaryCall : public grpc::ServerUnaryReactor {
 public:
  explicit UnaryCall(grpc::CallbackServerContext* context);

  UnaryCall(const UnaryCall&) = delete;
  UnaryCall& operator=(const UnaryCall&) = delete;

  // True for the one caller that answers: it must call Send next.
  bool Claim() { return !answered_.exchange(true, std::memory_order_acq_rel); }
  void Send(const absl::Status& status);
  bool Answered() const { return answered_.load(std::memory_order_acquire); }
  absl::Time deadline() const { return deadline_; }

  void Acquire() { references_.fetch_add(1, std::memory_order_relaxed); }
  void Release();

 private:
  ~UnaryCall() override = default;

  void OnCancel() override;
  void OnDone() override { Release(); }
  // Both reactions above are a few instructions and never wait: worth no hop to another thread.
  bool InternalInlineable() override { return true; }

  grpc::CallbackServerContext* const context_;
  const absl::Time deadline_;
  std::atomic<bool> answered_{false};
  std::atomic<int> references_{1};
};

}  // namespace internal

// The right to answer one unary call, once. Move it to where the answer will be known (the callback of a durable append,
// a waiting read) and call it there, on any thread. It never blocks. It may be called after the client has gone, the
// deadline has passed or the server was stopped: then the call was answered without it, and this does nothing. Dropped
// without a call it answers INTERNAL, so no client waits for ever on a path somebody forgot.
template <typename Response>
class Completion {
 public:
  Completion(internal::UnaryCall* call, Response* response) : call_(call), response_(response) { call_->Acquire(); }
  Completion(Completion&& other) noexcept : call_(std::exchange(other.call_, nullptr)), response_(other.response_) {}
  Completion& operator=(Completion&& other) noexcept {
    if (this != &other) {
      Drop();
      call_ = std::exchange(other.call_, nullptr);
      response_ = other.response_;
    }
    return *this;
  }
  ~Completion() { Drop(); }

  // Answers with the response, or with the error.
  void operator()(absl::StatusOr<Response> response) {
    Answer(response.status(), [&](Response& out) { out = *std::move(response); });
  }

  // Answers with the response that the handler has filled already, or with the error.
  void operator()(const absl::Status& status) {
    Answer(status, [](Response&) {});
  }

  // True once nobody waits for this answer any more: work that has not begun need not.
  bool Cancelled() const { return call_ == nullptr || call_->Answered(); }

  // When the client stops waiting. InfiniteFuture where it did not say, or after the answer.
  absl::Time Deadline() const { return call_ == nullptr ? absl::InfiniteFuture() : call_->deadline(); }

  // False once it was called or moved from.
  explicit operator bool() const { return call_ != nullptr; }

 private:
  template <typename Fill>
  void Answer(const absl::Status& status, Fill fill) {
    internal::UnaryCall* call = std::exchange(call_, nullptr);
    if (call == nullptr) return;
    if (call->Claim()) {
      if (status.ok()) fill(*response_);
      call->Send(status);
    }
    call->Release();
  }

  void Drop() {
    if (call_ != nullptr)
      (*this)(absl::InternalError("the service let this call go without an answer; it is a bug of the server"));
  }

  internal::UnaryCall* call_;
  Response* response_;
};

// Answers a unary call: the only place where statuses, deadlines and "answer when durable" meet gRPC. `answer` runs at
// once, on this thread, and must not block. It takes one of these forms:
//
//   absl::Status ()                        the response is filled, or the error
//   absl::StatusOr<Response> ()            the response, or the error
//   absl::Status (Completion<Response>&)   asynchronous: an error is the answer. On OK the completion was moved to
//                                          whoever will call it.
//
//   return Answer(context, response, [&](Completion<IngestTouchpointResponse>& done) -> absl::Status {
//     ASSIGN_OR_RETURN(Touchpoint touchpoint, Checked(request->touchpoint()));
//     log_.Append(record, [done = std::move(done)](absl::StatusOr<Position> at) mutable { done(ToResponse(at)); });
//     return absl::OkStatus();
//   });
//
// Mind that `request`, `response` and `context` end with the call, which may be before an asynchronous completion runs:
// take copies, and give the response to the completion as a value. A status with RetryInfo also tells retrying clients
// when to come back (grpc-retry-pushback-ms).
template <typename Response, typename Fn>
grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, Response* response, Fn&& answer) {
  auto* call = new internal::UnaryCall(context);
  Completion<Response> done(call, response);
  if constexpr (std::is_invocable_v<Fn, Completion<Response>&>) {
    static_assert(std::is_same_v<std::invoke_result_t<Fn, Completion<Response>&>, absl::Status>);
    const absl::Status status = answer(done);
    // The reactor is returned in any case: gRPC keeps an early Finish until it has bound it.
    if (!status.ok() && done) done(status);
  } else {
    done(answer());
  }
  return call;
}

}  // namespace touchstone::rpc
