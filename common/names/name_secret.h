#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace touchstone::names {

// The deployment's secret under which names are hashed. Whoever has it can find out whether a guessed e-mail is a customer, so
// it is kept in a file of its own and never logged; its fingerprint may be. A value; any thread.
class NameSecret {
 public:
  static constexpr size_t kBytes = 32;

  // INVALID_ARGUMENT unless there are exactly 32 bytes, or 64 hexadecimal digits (white space around them is trimmed, so
  // that a file may end in a line end).
  static absl::StatusOr<NameSecret> FromBytes(absl::string_view bytes);
  static absl::StatusOr<NameSecret> FromHex(absl::string_view hex);

  // 64 digits: what is written to a file that only its owner may read.
  std::string ToHex() const;

  // 16 hexadecimal digits that tell secrets apart and nothing else about them.
  std::string Fingerprint() const;

  // 32 hexadecimal digits: HMAC-SHA256 of the bytes, cut to 128 bits.
  std::string KeyedHash(absl::string_view bytes) const;

 private:
  explicit NameSecret(absl::string_view bytes) : bytes_(bytes) {}

  std::string bytes_;
};

}  // namespace touchstone::names
