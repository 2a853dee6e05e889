#pragma once

#include <cstddef>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "touchstone/ingestion/v1/ingestion_service.grpc.pb.h"

namespace touchstone::e2e {

// A sender that must not lose a touchpoint: in their order, over one stream after the other, and what was not acknowledged is
// sent again. Used by one thread.
class ResendingSender {
 public:
  static constexpr size_t kTouchpointsPerRequest = 25;
  static constexpr size_t kRequestsInFlightMax = 16;

  explicit ResendingSender(std::vector<events::v1::Touchpoint> touchpoints) : touchpoints_(std::move(touchpoints)) {}

  // Sends on until all is acknowledged, or the stream ends: then with its error, and some may have been taken that this does
  // not know of. Blocks. `on_acknowledged` is told how many are, from this call's thread.
  absl::Status SendOn(ingestion::v1::IngestionService::Stub& stub, absl::FunctionRef<void(size_t)> on_acknowledged);

  size_t acknowledged() const { return acknowledged_; }
  bool done() const { return acknowledged_ == touchpoints_.size(); }

 private:
  ingestion::v1::StreamTouchpointsRequest RequestAt(size_t begin) const;

  const std::vector<events::v1::Touchpoint> touchpoints_;
  size_t acknowledged_ = 0;
};

}  // namespace touchstone::e2e
