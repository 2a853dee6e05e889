#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace touchstone::e2e {

// Kafka's messages in a stream of bytes, big-endian:
//
//   request:  | length 4 | api_key 2 | api_version 2 | correlation_id 4 | ...
//   answer:   | length 4 | correlation_id 4 | ...
//
// A broker answers the requests of a connection in their order.
class KafkaFrames {
 public:
  void Append(absl::string_view bytes) { bytes_.append(bytes.data(), bytes.size()); }

  // The next whole message, its length in front; none yet: nullopt.
  std::optional<std::string> Next();

 private:
  std::string bytes_;
  // Of `bytes_`, what was given out already.
  size_t taken_ = 0;
};

// Of a request's message. A message that is too short to be one has -1.
int ApiKeyOf(absl::string_view request);

}  // namespace touchstone::e2e
