#include "common/ids/base32.h"

#include <algorithm>

#include "common/status/invariant.h"

namespace touchstone::ids {
namespace {

constexpr absl::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";

}  // namespace

std::string Base32(absl::Span<const uint8_t> bytes, int letters) {
  INVARIANT(letters >= 0 && bytes.size() >= static_cast<size_t>(5 * letters / 8), "too few bytes for so many letters");
  std::string text;
  text.reserve(letters);
  uint32_t bits = 0;
  int available = 0;
  size_t next = 0;
  for (int i = 0; i < letters; ++i) {
    if (available < 5) {
      bits = (bits << 8) | (next < bytes.size() ? bytes[next] : 0);
      ++next;
      available += 8;
    }
    available -= 5;
    text.push_back(kAlphabet[(bits >> available) & 31]);
  }
  return text;
}

bool IsBase32(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return kAlphabet.find(c) != absl::string_view::npos; });
}

}  // namespace touchstone::ids
