#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace touchstone::benchmarks {

struct UnaryResult {
  // Calls answered, and how long it took to the last answer.
  int64_t answered = 0;
  absl::Duration elapsed;
  // Of each call, in milliseconds, in no particular order.
  std::vector<double> latencies_ms;

  double rate() const { return static_cast<double>(answered) / absl::ToDoubleSeconds(elapsed); }
};

// Keeps `in_flight` unary calls under way on one connection, each with the next of `requests`, until `duration` is over or the
// requests are used up. Blocks until the last is answered. An error: the first that any call got.
absl::StatusOr<UnaryResult> LoadUnary(const std::shared_ptr<grpc::Channel>& channel,
                                      const std::vector<grpc::ByteBuffer>& requests, int in_flight, absl::Duration duration,
                                      const clock::Clock& clock);

}  // namespace touchstone::benchmarks
