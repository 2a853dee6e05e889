#include "tools/benchmarks/stream_load.h"

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>

#include <condition_variable>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "common/rpc/to_grpc.h"
#include "tools/benchmarks/requests.h"

namespace touchstone::benchmarks {
namespace {

class Load : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  Load(const std::vector<grpc::ByteBuffer>& requests, size_t in_flight) : requests_(requests), in_flight_(in_flight) {}

  absl::Status Run(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::GenericStub stub(channel);
    stub.PrepareBidiStreamingCall(&context_, kStreamMethod, {}, this);
    // Writes are begun by answers too: the call is held open until all are written.
    AddHold();
    StartRead(&response_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      Write();
    }
    StartCall();
    std::unique_lock<std::mutex> lock(mutex_);
    over_.wait(lock, [&] { return done_; });
    if (!status_.ok()) return rpc::FromGrpcStatus(status_);
    if (answered_ == requests_.size()) return absl::OkStatus();
    return absl::UnknownError(absl::StrCat("a stream ended after ", answered_, " of ", requests_.size(), " answers"));
  }

 private:
  // The next request, if one may be sent. With mutex_ held.
  void Write() {
    if (writing_ || released_ || written_ == requests_.size() || written_ - answered_ >= in_flight_) return;
    writing_ = true;
    grpc::WriteOptions options;
    const grpc::ByteBuffer* request = &requests_[written_++];
    if (written_ == requests_.size()) {
      StartWriteLast(request, options);
      Release();
    } else {
      StartWrite(request, options);
    }
  }

  void Release() {
    if (released_) return;
    released_ = true;
    RemoveHold();
  }

  void OnWriteDone(bool ok) override {
    std::lock_guard<std::mutex> lock(mutex_);
    writing_ = false;
    ok ? Write() : Release();
  }

  void OnReadDone(bool ok) override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!ok) return Release();
    ++answered_;
    StartRead(&response_);
    Write();
  }

  void OnDone(const grpc::Status& status) override {
    std::lock_guard<std::mutex> lock(mutex_);
    status_ = status;
    done_ = true;
    over_.notify_one();
  }

  const std::vector<grpc::ByteBuffer>& requests_;
  const size_t in_flight_;
  grpc::ClientContext context_;
  grpc::ByteBuffer response_;

  std::mutex mutex_;
  std::condition_variable over_;
  // Guarded by mutex_.
  size_t written_ = 0;
  size_t answered_ = 0;
  bool writing_ = false;
  bool released_ = false;
  bool done_ = false;
  grpc::Status status_;
};

}  // namespace

absl::StatusOr<absl::Duration> LoadStream(const std::shared_ptr<grpc::Channel>& channel,
                                          const std::vector<grpc::ByteBuffer>& requests, size_t in_flight,
                                          const clock::Clock& clock) {
  const absl::Duration begin = clock.Monotonic();
  Load load(requests, in_flight);
  const absl::Status status = load.Run(channel);
  if (!status.ok()) return status;
  return clock.Monotonic() - begin;
}

}  // namespace touchstone::benchmarks
