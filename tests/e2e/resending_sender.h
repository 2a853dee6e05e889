#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "touchstone/ingestion/v1/ingestion_service.grpc.pb.h"

namespace touchstone::e2e {

// A sender that must not lose a touchpoint: in their order, over one stream after the other, and what was not acknowledged is
// sent again. Used by one thread.
class ResendingSender {
 public:
  static constexpr size_t kTouchpointsPerRequest = 25;
  static constexpr size_t kRequestsInFlightMax = 16;

  using TouchpointAt = std::function<events::v1::Touchpoint(size_t)>;

  ResendingSender(size_t count, TouchpointAt at) : at_(std::move(at)), times_sent_(count) {}

  // Sends on until the first `until` are acknowledged, or the stream ends, at the latest when `within` is over: then with its
  // error, and some may have been taken that this does not know of. Blocks. `on_acknowledged` is told how many are, from this
  // call's thread.
  absl::Status SendOn(ingestion::v1::IngestionService::Stub& stub, absl::FunctionRef<void(size_t)> on_acknowledged,
                      size_t until = SIZE_MAX, absl::Duration within = absl::InfiniteDuration());

  size_t acknowledged() const { return acknowledged_; }
  bool done() const { return acknowledged_ == times_sent_.size(); }
  // How often each was sent: so many copies of it may lie there, and no more.
  const std::vector<uint8_t>& times_sent() const { return times_sent_; }

 private:
  ingestion::v1::StreamTouchpointsRequest RequestAt(size_t begin, size_t until);

  const TouchpointAt at_;
  std::vector<uint8_t> times_sent_;
  size_t acknowledged_ = 0;
};

}  // namespace touchstone::e2e
