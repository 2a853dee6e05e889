#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace touchstone::benchmarks {

// Sends all `requests` over one bidirectional stream, at most `in_flight` of them without an answer at any time, and blocks until
// the last is answered. Returns how long that took. An error: that of the stream, or UNKNOWN where it ended too soon.
absl::StatusOr<absl::Duration> LoadStream(const std::shared_ptr<grpc::Channel>& channel,
                                          const std::vector<grpc::ByteBuffer>& requests, size_t in_flight,
                                          const clock::Clock& clock);

}  // namespace touchstone::benchmarks
