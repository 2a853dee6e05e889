#include "tools/benchmarks/paced_moments.h"

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/rpc/to_grpc.h"
#include "tools/benchmarks/customers.h"
#include "tools/benchmarks/requests.h"
#include "touchstone/classification/v1/journey_service.grpc.pb.h"

namespace touchstone::benchmarks {
namespace {

namespace v1 = touchstone::classification::v1;

constexpr absl::Duration kQuietAtEnd = absl::Milliseconds(500);
// A watch begins at the end of what is there when the server takes it up.
constexpr absl::Duration kWatchSetsOff = absl::Milliseconds(200);

// When moments came, by the number of their trigger.
class MomentWatch : public grpc::ClientReadReactor<v1::WatchJourneyEventsResponse> {
 public:
  MomentWatch(const std::shared_ptr<grpc::Channel>& channel, int64_t first, size_t count, const clock::Clock& clock)
      : stub_(v1::JourneyService::NewStub(channel)), clock_(clock), first_(first), arrivals_(count, absl::ZeroDuration()) {
    stub_->async()->WatchJourneyEvents(&context_, &request_, this);
    StartRead(&response_);
    StartCall();
  }

  // When each came, zero where none did; or why the watch ended.
  absl::StatusOr<std::vector<absl::Duration>> Finish() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    context_.TryCancel();
    std::unique_lock<std::mutex> lock(mutex_);
    over_.wait(lock, [&] { return done_; });
    if (!failed_.ok()) return failed_;
    return arrivals_;
  }

  absl::Duration last_arrival() {
    std::lock_guard<std::mutex> lock(mutex_);
    return last_arrival_;
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return;
    const absl::Duration now = clock_.Monotonic();
    if (response_.event().has_moment_found()) {
      absl::string_view number = response_.event().moment_found().moment().trigger().id();
      int64_t id = 0;
      if (absl::ConsumePrefix(&number, Customers::kIdPrefix) && absl::SimpleAtoi(number, &id)) Arrived(id - first_, now);
    }
    StartRead(&response_);
  }

  void Arrived(int64_t index, absl::Duration now) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (index < 0 || index >= static_cast<int64_t>(arrivals_.size())) return;
    last_arrival_ = now;
    absl::Duration& arrival = arrivals_[static_cast<size_t>(index)];
    if (arrival == absl::ZeroDuration()) arrival = now;
  }

  void OnDone(const grpc::Status& status) override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!stopping_) failed_ = absl::UnknownError("the watch ended by itself");
    if (!stopping_ && !status.ok()) failed_ = rpc::FromGrpcStatus(status);
    done_ = true;
    over_.notify_one();
  }

  const std::unique_ptr<v1::JourneyService::Stub> stub_;
  const clock::Clock& clock_;
  const int64_t first_;
  grpc::ClientContext context_;
  const v1::WatchJourneyEventsRequest request_;
  v1::WatchJourneyEventsResponse response_;

  std::mutex mutex_;
  std::condition_variable over_;
  // Guarded by mutex_.
  std::vector<absl::Duration> arrivals_;
  absl::Duration last_arrival_;
  bool stopping_ = false;
  bool done_ = false;
  absl::Status failed_;
};

// Calls that nobody waits for one by one.
class Calls {
 public:
  Calls(const std::shared_ptr<grpc::Channel>& channel, size_t count) : stub_(channel), calls_(count) {}

  void Start(size_t index, const grpc::ByteBuffer& request) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ++under_way_;
    }
    Call& call = calls_[index];
    stub_.UnaryCall(&call.context, kUnaryMethod, {}, &request, &call.response, [this](grpc::Status status) {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!status.ok()) error_.Update(rpc::FromGrpcStatus(status));
      if (--under_way_ == 0) over_.notify_one();
    });
  }

  absl::Status AwaitAll() {
    std::unique_lock<std::mutex> lock(mutex_);
    over_.wait(lock, [&] { return under_way_ == 0; });
    return error_;
  }

 private:
  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer response;
  };

  grpc::GenericStub stub_;
  std::vector<Call> calls_;
  std::mutex mutex_;
  std::condition_variable over_;
  // Guarded by mutex_.
  int64_t under_way_ = 0;
  absl::Status error_;
};

}  // namespace

absl::StatusOr<PacedResult> PaceMoments(const std::shared_ptr<grpc::Channel>& channel,
                                        const std::vector<grpc::ByteBuffer>& requests, int64_t first, absl::Duration interval,
                                        const clock::Clock& clock) {
  MomentWatch watch(channel, first, requests.size(), clock);
  absl::SleepFor(kWatchSetsOff);
  Calls calls(channel, requests.size());
  PacedResult result;
  const absl::Duration begin = clock.Monotonic() + interval;
  for (size_t i = 0; i < requests.size(); ++i) {
    const absl::Duration due = begin + interval * static_cast<double>(i);
    const absl::Duration early = due - clock.Monotonic();
    if (early > absl::ZeroDuration()) absl::SleepFor(early);
    result.sender_late = std::max(result.sender_late, clock.Monotonic() - due);
    calls.Start(i, requests[i]);
  }
  const absl::Status answered = calls.AwaitAll();
  const absl::Duration all_answered = clock.Monotonic();
  while (clock.Monotonic() < std::max(all_answered, watch.last_arrival()) + kQuietAtEnd) absl::SleepFor(kQuietAtEnd / 10);
  absl::StatusOr<std::vector<absl::Duration>> arrivals = watch.Finish();
  if (!answered.ok()) return answered;
  if (!arrivals.ok()) return arrivals.status();
  for (size_t i = 0; i < requests.size(); ++i) {
    if ((*arrivals)[i] == absl::ZeroDuration()) continue;
    result.latencies_ms.push_back(absl::ToDoubleMilliseconds((*arrivals)[i] - (begin + interval * static_cast<double>(i))));
  }
  return result;
}

}  // namespace touchstone::benchmarks
