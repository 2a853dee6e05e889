#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/support/async_stream.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/rpc/to_grpc.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "tools/cli/pause.h"

namespace touchstone::cli {

// From the oldest that is kept, as every watch of ours understands it.
inline constexpr char kFromBegin[] = "begin";
// A list that is read from a watch is complete once nothing more came for so long.
inline constexpr absl::Duration kSilence = absl::Seconds(1);
inline constexpr absl::Duration kFollowRetryWaitMin = absl::Milliseconds(250);
inline constexpr absl::Duration kFollowRetryWaitMax = absl::Seconds(10);
// In a row, without a message in between.
inline constexpr int kFollowRetriesMax = 20;

// One server stream, read with a limit on silence. One thread.
template <typename Response>
class WatchStream {
 public:
  enum class Step { kMessage, kSilent, kEnded };

  // `prepare` makes the call for the context and the queue given.
  template <typename Prepare>
  explicit WatchStream(Prepare prepare) : reader_(prepare(&context_, &queue_)) {
    reader_->StartCall(Tag());
    alive_ = AwaitTag();
  }

  ~WatchStream() {
    context_.TryCancel();
    if (reading_) AwaitTag();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  WatchStream(const WatchStream&) = delete;
  WatchStream& operator=(const WatchStream&) = delete;

  // Blocks for the next message, at most for `silence`; InfiniteDuration: for ever.
  Step Next(Response& response, absl::Duration silence) {
    if (!alive_) return Step::kEnded;
    if (!reading_) reader_->Read(&message_, Tag());
    reading_ = true;
    void* tag = nullptr;
    bool ok = false;
    if (queue_.AsyncNext(&tag, &ok, In(silence)) != grpc::CompletionQueue::GOT_EVENT) return Step::kSilent;
    reading_ = false;
    if (!ok) return Step::kEnded;
    response = std::move(message_);
    message_.Clear();
    return Step::kMessage;
  }

  // After kEnded, once: how it ended.
  absl::Status Finish() {
    grpc::Status status;
    reader_->Finish(&status, Tag());
    AwaitTag();
    return rpc::FromGrpcStatus(status);
  }

 private:
  void* Tag() { return this; }

  bool AwaitTag() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  static gpr_timespec In(absl::Duration silence) {
    if (silence == absl::InfiniteDuration()) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
    return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(absl::ToInt64Nanoseconds(silence), GPR_TIMESPAN));
  }

  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::ClientAsyncReader<Response>> reader_;
  Response message_;
  bool alive_ = false;
  bool reading_ = false;
};

// Reads a watch, each message handed to `on_message` (heartbeats included), until nothing came for `silence` (OK) or it ends
// with an error. A stream that is lost, which `on_lost` is told once, or ended for its age, goes on by the resume token of the
// last message. `prepare(context, queue, resume_token)` makes the call.
template <typename Response, typename Prepare>
absl::Status ReadWatch(Prepare prepare, std::string resume_token, absl::Duration silence,
                       absl::FunctionRef<void(const Response&)> on_message, absl::FunctionRef<void()> on_lost) {
  using Stream = WatchStream<Response>;
  for (int retries = 0;; ++retries) {
    Stream stream(
        [&](grpc::ClientContext* context, grpc::CompletionQueue* queue) { return prepare(context, queue, resume_token); });
    Response response;
    typename Stream::Step step;
    while ((step = stream.Next(response, silence)) == Stream::Step::kMessage) {
      retries = 0;
      if (!response.resume_token().empty()) resume_token = response.resume_token();
      on_message(response);
    }
    if (step == Stream::Step::kSilent) return absl::OkStatus();
    const absl::Status why = stream.Finish();
    if (!why.ok() && !absl::IsUnavailable(why) && !absl::IsResourceExhausted(why)) return why;
    if (retries >= kFollowRetriesMax) return status::Annotated(why, "tried again and again");
    if (retries == 0 && !why.ok()) on_lost();
    const absl::Duration rising = std::min(kFollowRetryWaitMax, kFollowRetryWaitMin * (1 << std::min(retries, 10)));
    Pause(std::min(kFollowRetryWaitMax, status::RetryDelayOf(why).value_or(rising)));
  }
}

}  // namespace touchstone::cli
