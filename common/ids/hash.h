#pragma once

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace touchstone::ids {

using Sha256Digest = std::array<uint8_t, 32>;

Sha256Digest Sha256(absl::string_view bytes);

// 64 well-mixed bits that are the same on every machine and in every version: for variants of experiments, fingerprints,
// checksums. Not for anything an attacker gains from colliding. (FNV-1a, then MurmurHash3's finaliser.)
uint64_t StableHash64(absl::string_view bytes);

}  // namespace touchstone::ids
