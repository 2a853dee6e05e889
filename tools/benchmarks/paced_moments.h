#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace touchstone::benchmarks {

struct PacedResult {
  // From the time a touchpoint was due to be sent to the arrival of the first moment it triggered, in milliseconds.
  std::vector<double> latencies_ms;
  // The worst that our own sender was behind its schedule.
  absl::Duration sender_late;
};

// Sends unary requests on a schedule, one every `interval`, whether or not answers come (an open loop: a server that stalls is
// charged for all who had to wait), and watches for the moments that they make. `first` is the number in the first request's
// touchpoint id; the others count on. Blocks until all are answered and no moment has come for half a second. An error: the
// first that a call or the watch got.
absl::StatusOr<PacedResult> PaceMoments(const std::shared_ptr<grpc::Channel>& channel,
                                        const std::vector<grpc::ByteBuffer>& requests, int64_t first, absl::Duration interval,
                                        const clock::Clock& clock);

}  // namespace touchstone::benchmarks
