#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace touchstone::ids {

// The first `letters` letters of the bytes in base 32: five bits a letter, the highest first, missing bits zero. Lower-case
// Crockford alphabet, no padding. `bytes` has at least 5 * letters / 8 bytes.
std::string Base32(absl::Span<const uint8_t> bytes, int letters);

// Whether every letter is of the alphabet.
bool IsBase32(absl::string_view text);

}  // namespace touchstone::ids
