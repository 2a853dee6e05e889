#include "tools/benchmarks/unary_load.h"

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "common/rpc/to_grpc.h"
#include "tools/benchmarks/requests.h"

namespace touchstone::benchmarks {
namespace {

class Load {
 public:
  Load(const std::shared_ptr<grpc::Channel>& channel, const std::vector<grpc::ByteBuffer>& requests, absl::Duration duration,
       const clock::Clock& clock)
      : stub_(channel), requests_(requests), clock_(clock), begin_(clock.Monotonic()), end_(begin_ + duration) {}

  absl::StatusOr<UnaryResult> Run(int in_flight) {
    for (int i = 0; i < in_flight; ++i) callers_.emplace_back();
    active_ = in_flight;
    for (Caller& caller : callers_) CallNext(caller);
    std::unique_lock<std::mutex> lock(mutex_);
    over_.wait(lock, [&] { return active_ == 0; });
    UnaryResult result;
    result.elapsed = clock_.Monotonic() - begin_;
    if (!error_.ok()) return error_;
    for (const Caller& caller : callers_) {
      result.latencies_ms.insert(result.latencies_ms.end(), caller.latencies_ms.begin(), caller.latencies_ms.end());
    }
    result.answered = static_cast<int64_t>(result.latencies_ms.size());
    return result;
  }

 private:
  // One call after the other.
  struct Caller {
    std::optional<grpc::ClientContext> context;
    grpc::ByteBuffer response;
    absl::Duration started;
    std::vector<double> latencies_ms;
  };

  void CallNext(Caller& caller) {
    caller.started = clock_.Monotonic();
    const size_t next = next_.fetch_add(1, std::memory_order_relaxed);
    if (caller.started >= end_ || next >= requests_.size()) return Leave(absl::OkStatus());
    caller.context.emplace();
    caller.response.Clear();
    stub_.UnaryCall(&*caller.context, kUnaryMethod, {}, &requests_[next], &caller.response, [this, &caller](grpc::Status status) {
      if (!status.ok()) return Leave(rpc::FromGrpcStatus(status));
      caller.latencies_ms.push_back(absl::ToDoubleMilliseconds(clock_.Monotonic() - caller.started));
      CallNext(caller);
    });
  }

  void Leave(const absl::Status& status) {
    std::lock_guard<std::mutex> lock(mutex_);
    error_.Update(status);
    if (--active_ == 0) over_.notify_one();
  }

  grpc::GenericStub stub_;
  const std::vector<grpc::ByteBuffer>& requests_;
  const clock::Clock& clock_;
  const absl::Duration begin_;
  const absl::Duration end_;
  std::deque<Caller> callers_;
  std::atomic<size_t> next_{0};

  std::mutex mutex_;
  std::condition_variable over_;
  // Guarded by mutex_.
  int active_ = 0;
  absl::Status error_;
};

}  // namespace

absl::StatusOr<UnaryResult> LoadUnary(const std::shared_ptr<grpc::Channel>& channel,
                                      const std::vector<grpc::ByteBuffer>& requests, int in_flight, absl::Duration duration,
                                      const clock::Clock& clock) {
  return Load(channel, requests, duration, clock).Run(in_flight);
}

}  // namespace touchstone::benchmarks
