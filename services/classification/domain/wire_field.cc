#include "services/classification/domain/wire_field.h"

#include <cstdint>

namespace touchstone::classification {
namespace {

constexpr int kLengthDelimited = 2;

void AppendVarint(uint64_t value, std::string& to) {
  for (; value >= 0x80; value >>= 7) to.push_back(static_cast<char>(value | 0x80));
  to.push_back(static_cast<char>(value));
}

}  // namespace

void AppendField(int number, absl::string_view message, std::string& to) {
  AppendVarint(static_cast<uint64_t>(number) << 3 | kLengthDelimited, to);
  AppendVarint(message.size(), to);
  to.append(message.data(), message.size());
}

}  // namespace touchstone::classification
