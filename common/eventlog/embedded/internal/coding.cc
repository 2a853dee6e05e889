#include "common/eventlog/embedded/internal/coding.h"

namespace touchstone::eventlog::embedded {
namespace {

template <typename Integer>
void AppendFixed(std::string& to, Integer value) {
  for (int shift = static_cast<int>(sizeof(Integer)) * 8 - 8; shift >= 0; shift -= 8) {
    to.push_back(static_cast<char>(static_cast<uint8_t>(value >> shift)));
  }
}

template <typename Integer>
bool TakeFixed(absl::string_view& from, Integer& value) {
  if (from.size() < sizeof(Integer)) return false;
  uint64_t read = 0;
  for (size_t i = 0; i < sizeof(Integer); ++i) read = (read << 8) | static_cast<uint8_t>(from[i]);
  value = static_cast<Integer>(read);
  from.remove_prefix(sizeof(Integer));
  return true;
}

}  // namespace

void AppendFixed16(std::string& to, uint16_t value) { AppendFixed(to, value); }
void AppendFixed32(std::string& to, uint32_t value) { AppendFixed(to, value); }
void AppendFixed64(std::string& to, uint64_t value) { AppendFixed(to, value); }

void AppendVarint(std::string& to, uint64_t value) {
  for (; value >= 0x80; value >>= 7) to.push_back(static_cast<char>(static_cast<uint8_t>(value) | 0x80));
  to.push_back(static_cast<char>(value));
}

bool TakeFixed16(absl::string_view& from, uint16_t& value) { return TakeFixed(from, value); }
bool TakeFixed32(absl::string_view& from, uint32_t& value) { return TakeFixed(from, value); }
bool TakeFixed64(absl::string_view& from, uint64_t& value) { return TakeFixed(from, value); }

bool TakeVarint(absl::string_view& from, uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64 && !from.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(from.front());
    from.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

bool TakeBytes(absl::string_view& from, uint64_t size, absl::string_view& bytes) {
  if (size > from.size()) return false;
  bytes = from.substr(0, size);
  from.remove_prefix(size);
  return true;
}

}  // namespace touchstone::eventlog::embedded
