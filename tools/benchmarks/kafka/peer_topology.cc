#include "tools/benchmarks/kafka/peer_topology.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <type_traits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "common/status/macros.h"

namespace touchstone::benchmarks {
namespace {

constexpr absl::string_view kKeyPrefix = "customer";
constexpr char kFiller = '.';

// What lies at the beginning of a value of `size` bytes.
template <typename Fields>
std::string Encoded(const Fields& fields, size_t size) {
  static_assert(std::is_trivially_copyable_v<Fields>);
  std::string value(size, kFiller);
  std::memcpy(value.data(), &fields, sizeof(fields));
  return value;
}

template <typename Fields>
absl::StatusOr<Fields> Decoded(absl::string_view value, size_t size) {
  if (value.size() != size) return absl::InvalidArgumentError(absl::StrCat(value.size(), " bytes where ", size, " belong"));
  Fields fields;
  std::memcpy(&fields, value.data(), sizeof(fields));
  return fields;
}

// Splitmix64: well mixed, and the same everywhere.
uint64_t Mixed(uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

class PeerProcessor : public stream::Processor {
 public:
  explicit PeerProcessor(std::string output) : output_(std::move(output)) {}

  absl::Status OnRecord(absl::string_view, const eventlog::Record& record, stream::UnitOfWork& work) override {
    ASSIGN_OR_RETURN(const PeerInput input, Decoded<PeerInput>(record.value, kPeerInputBytes));
    ASSIGN_OR_RETURN(const std::optional<std::string> stored, work.Get(record.key));
    PeerState state;
    state.types.fill(kPeerTypes);
    if (stored.has_value()) {
      ASSIGN_OR_RETURN(state, ParsePeerState(*stored));
    }
    std::copy_backward(state.types.begin(), state.types.end() - 1, state.types.end());
    state.types.front() = static_cast<uint8_t>(input.type);
    state.time_us = input.time_us;
    ++state.count;
    const auto in_set = [](uint8_t type) { return type < kPeerSetTypes; };
    if (in_set(state.types.front()) && std::count_if(state.types.begin(), state.types.end(), in_set) == kPeerHits) {
      work.Emit(output_, record.key, Encoded(PeerOutput{state.count, state.time_us}, kPeerOutputBytes));
    }
    work.Put(record.key, Encoded(state, kPeerStateBytes));
    return absl::OkStatus();
  }

  absl::Status OnTimer(absl::string_view, absl::Time, stream::UnitOfWork&) override {
    return absl::InternalError("nothing sets a timer here");
  }

 private:
  const std::string output_;
};

}  // namespace

PeerInput PeerInputAt(int64_t number, absl::Time time) {
  const uint64_t random = Mixed(static_cast<uint64_t>(number));
  return {static_cast<int>(random % kPeerCustomers), static_cast<int>((random >> 32) % kPeerTypes), absl::ToUnixMicros(time)};
}

std::string PeerKey(int customer) { return absl::StrFormat("%s%08d", kKeyPrefix, customer); }

absl::StatusOr<int> PeerCustomer(absl::string_view key) {
  int customer = 0;
  if (key.size() == kPeerKeyBytes && absl::ConsumePrefix(&key, kKeyPrefix) && absl::SimpleAtoi(key, &customer) && customer >= 0 &&
      customer < kPeerCustomers) {
    return customer;
  }
  return absl::InvalidArgumentError("a key that is no customer's");
}

std::string PeerInputValue(const PeerInput& input) { return Encoded(input, kPeerInputBytes); }

absl::StatusOr<PeerState> ParsePeerState(absl::string_view value) { return Decoded<PeerState>(value, kPeerStateBytes); }

absl::StatusOr<PeerOutput> ParsePeerOutput(absl::string_view value) { return Decoded<PeerOutput>(value, kPeerOutputBytes); }

stream::TaskDefinition PeerTasks(const std::string& name, const std::string& input, const std::string& output) {
  stream::TaskDefinition definition;
  definition.kind = {name, {input}, {}};
  definition.make_processor = [output](int) { return std::make_unique<PeerProcessor>(output); };
  return definition;
}

}  // namespace touchstone::benchmarks
