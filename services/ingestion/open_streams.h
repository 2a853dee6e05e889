#pragma once

#include <memory>
#include <mutex>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/rpc/stream_pump.h"

namespace touchstone::ingestion {

// The streams of a server that wait for their senders, so that a stop waits for none of them. Thread-safe. It is the pump's only
// to be told of the stop; the streams are driven by gRPC, and as many as its connections bring.
class OpenStreams : public rpc::Pumped {
 public:
  class Stream {
   public:
    virtual ~Stream() = default;
    // Any thread: end with `why` as soon as all that was read is answered.
    virtual void End(const absl::Status& why) = 0;
  };

  // It is told of the stop, unless Remove comes first. UNAVAILABLE: the stop was before.
  absl::Status Add(std::shared_ptr<Stream> stream);
  void Remove(const Stream* stream);

  bool Pump(absl::Duration now) override;
  void Close(const absl::Status& why) override;

 private:
  std::mutex mutex_;
  // Guarded by mutex_.
  absl::flat_hash_map<const Stream*, std::shared_ptr<Stream>> streams_;
  bool closed_ = false;
};

}  // namespace touchstone::ingestion
