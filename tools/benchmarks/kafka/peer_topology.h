#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/stream/processor.h"

// The topology that Kafka Streams was measured with: per customer a count and the last five types, and an output where the third
// of a set of types within the last five arrives.
namespace touchstone::benchmarks {

inline constexpr int kPeerCustomers = 100'000;
inline constexpr int kPeerTypes = 20;
// The set: types below it. The third within five, counted with what arrives, is then a fifth of all.
inline constexpr int kPeerSetTypes = 11;
inline constexpr int kPeerWithin = 5;
inline constexpr int kPeerHits = 3;

inline constexpr size_t kPeerKeyBytes = 16;
inline constexpr size_t kPeerInputBytes = 300;
inline constexpr size_t kPeerStateBytes = 160;
inline constexpr size_t kPeerOutputBytes = 200;

struct PeerInput {
  int customer = 0;
  int type = 0;
  int64_t time_us = 0;
};

// The input of that number: always the same but for its time.
PeerInput PeerInputAt(int64_t number, absl::Time time);

// 16 bytes.
std::string PeerKey(int customer);
// INVALID_ARGUMENT: no such key.
absl::StatusOr<int> PeerCustomer(absl::string_view key);

std::string PeerInputValue(const PeerInput& input);

// What is kept of a customer.
struct PeerState {
  int64_t count = 0;
  int64_t time_us = 0;
  // The newest first.
  std::array<uint8_t, kPeerWithin> types = {};
};
// INVALID_ARGUMENT: it is none.
absl::StatusOr<PeerState> ParsePeerState(absl::string_view value);

// What goes out: of the input that made it so.
struct PeerOutput {
  // The customer's how manieth input.
  int64_t count = 0;
  int64_t time_us = 0;
};
// INVALID_ARGUMENT: it is none.
absl::StatusOr<PeerOutput> ParsePeerOutput(absl::string_view value);

// The tasks `name`, which read `input` and write to `output`.
stream::TaskDefinition PeerTasks(const std::string& name, const std::string& input, const std::string& output);

}  // namespace touchstone::benchmarks
