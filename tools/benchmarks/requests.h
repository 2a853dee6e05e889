#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <vector>

#include "common/clock/clock.h"
#include "tools/benchmarks/customers.h"

namespace touchstone::benchmarks {

// Method paths of the calls that are measured.
inline constexpr char kUnaryMethod[] = "/touchstone.ingestion.v1.IngestionService/IngestTouchpoint";
inline constexpr char kStreamMethod[] = "/touchstone.ingestion.v1.IngestionService/StreamTouchpoints";

// Makes requests ahead of the time in which they are sent, serialized: so that all servers get the same bytes and the sender has
// little to do. Touchpoints occur now, in their order. Not thread-safe.
class Requests {
 public:
  // `clock` outlives it; `touchpoints_each` as of Customers.
  Requests(uint64_t seed, const clock::Clock& clock, int touchpoints_each = 0)
      : customers_(seed, touchpoints_each), clock_(clock) {}

  // IngestTouchpointRequests, a touchpoint each.
  std::vector<grpc::ByteBuffer> Unary(size_t count);
  // StreamTouchpointsRequests of so many touchpoints each.
  std::vector<grpc::ByteBuffer> Streamed(size_t count, int touchpoints_each);

  // Touchpoints made so far: the number in the next one's id.
  int64_t touchpoint_count() const { return customers_.count(); }

 private:
  events::v1::Touchpoint Next();

  Customers customers_;
  const clock::Clock& clock_;
  absl::Time last_time_ = absl::InfinitePast();
};

}  // namespace touchstone::benchmarks
