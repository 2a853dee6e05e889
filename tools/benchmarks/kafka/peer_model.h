#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/benchmarks/kafka/peer_topology.h"

namespace touchstone::benchmarks {

// What should come of inputs, folded one by one in memory, and what did; shares no code with the processor. Takes about 15 MB.
class PeerModel {
 public:
  // An input, in the order of appending.
  void Expect(const PeerInput& input);

  // What a run left: its outputs, each customer's in order, and all that its changelog says (or the state itself), in order.
  // INVALID_ARGUMENT: it cannot be read.
  absl::Status SeeOutput(absl::string_view key, absl::string_view value);
  absl::Status SeeState(absl::string_view key, absl::string_view value);

  // Compares, and forgets what was seen, for another run over the same inputs. DATA_LOSS names the first customer for which
  // anything is missing, double, changed or out of order.
  absl::Status Compare();

  int64_t expected_outputs() const { return expected_outputs_; }

 private:
  struct Expected {
    int64_t count = 0;
    int64_t time_us = 0;
    std::deque<int> last_types;
    std::vector<PeerOutput> outputs;
  };
  struct Seen {
    PeerState state;
    size_t outputs = 0;
    // Of its outputs the first that is not the expected one; below zero: none.
    int64_t wrong_output = -1;
  };

  absl::Status CompareCustomer(int customer) const;

  std::vector<Expected> expected_{kPeerCustomers};
  std::vector<Seen> seen_{kPeerCustomers};
  int64_t expected_outputs_ = 0;
};

}  // namespace touchstone::benchmarks
