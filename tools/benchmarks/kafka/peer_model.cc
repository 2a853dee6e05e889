#include "tools/benchmarks/kafka/peer_model.h"

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace touchstone::benchmarks {

void PeerModel::Expect(const PeerInput& input) {
  Expected& customer = expected_[static_cast<size_t>(input.customer)];
  ++customer.count;
  customer.time_us = input.time_us;
  customer.last_types.push_back(input.type);
  if (customer.last_types.size() > kPeerWithin) customer.last_types.pop_front();
  int hits = 0;
  for (int type : customer.last_types) hits += type < kPeerSetTypes ? 1 : 0;
  if (input.type >= kPeerSetTypes || hits != kPeerHits) return;
  customer.outputs.push_back({customer.count, customer.time_us});
  ++expected_outputs_;
}

absl::Status PeerModel::SeeOutput(absl::string_view key, absl::string_view value) {
  ASSIGN_OR_RETURN(const int customer, PeerCustomer(key));
  ASSIGN_OR_RETURN(const PeerOutput output, ParsePeerOutput(value));
  const std::vector<PeerOutput>& expected = expected_[static_cast<size_t>(customer)].outputs;
  Seen& seen = seen_[static_cast<size_t>(customer)];
  const bool right = seen.outputs < expected.size() && expected[seen.outputs].count == output.count &&
                     expected[seen.outputs].time_us == output.time_us;
  if (!right && seen.wrong_output < 0) seen.wrong_output = static_cast<int64_t>(seen.outputs);
  ++seen.outputs;
  return absl::OkStatus();
}

absl::Status PeerModel::SeeState(absl::string_view key, absl::string_view value) {
  ASSIGN_OR_RETURN(const int customer, PeerCustomer(key));
  ASSIGN_OR_RETURN(seen_[static_cast<size_t>(customer)].state, ParsePeerState(value));
  return absl::OkStatus();
}

absl::Status PeerModel::CompareCustomer(int customer) const {
  const Expected& expected = expected_[static_cast<size_t>(customer)];
  const Seen& seen = seen_[static_cast<size_t>(customer)];
  const auto wrong = [&](const std::string& what) {
    return absl::DataLossError(absl::StrCat("customer ", customer, ": ", what));
  };
  if (seen.outputs != expected.outputs.size())
    return wrong(absl::StrCat(seen.outputs, " outputs where the model has ", expected.outputs.size()));
  if (seen.wrong_output >= 0) return wrong(absl::StrCat("output ", seen.wrong_output, " is not the model's"));
  if (seen.state.count != expected.count)
    return wrong(absl::StrCat("its state has ", seen.state.count, " inputs where the model has ", expected.count));
  if (seen.state.time_us != expected.time_us) return wrong("the time in its state is not the model's");
  for (size_t i = 0; i < expected.last_types.size(); ++i) {
    if (seen.state.types[i] != *(expected.last_types.rbegin() + static_cast<std::ptrdiff_t>(i)))
      return wrong("the types in its state are not the model's");
  }
  return absl::OkStatus();
}

absl::Status PeerModel::Compare() {
  absl::Status result;
  for (int customer = 0; customer < kPeerCustomers && result.ok(); ++customer) result = CompareCustomer(customer);
  seen_.assign(kPeerCustomers, Seen());
  return result;
}

}  // namespace touchstone::benchmarks
