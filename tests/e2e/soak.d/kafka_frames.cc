#include "tests/e2e/soak.d/kafka_frames.h"

namespace touchstone::e2e {
namespace {

constexpr size_t kLengthBytes = 4;

size_t BigEndian(absl::string_view bytes) {
  size_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

std::optional<std::string> KafkaFrames::Next() {
  const absl::string_view left = absl::string_view(bytes_).substr(taken_);
  const size_t size = left.size() < kLengthBytes ? kLengthBytes + 1 : kLengthBytes + BigEndian(left.substr(0, kLengthBytes));
  if (left.size() < size) {
    bytes_.erase(0, taken_);
    taken_ = 0;
    return std::nullopt;
  }
  taken_ += size;
  return std::string(left.substr(0, size));
}

int ApiKeyOf(absl::string_view request) {
  constexpr size_t kApiKeyBytes = 2;
  if (request.size() < kLengthBytes + kApiKeyBytes) return -1;
  return static_cast<int>(BigEndian(request.substr(kLengthBytes, kApiKeyBytes)));
}

}  // namespace touchstone::e2e
