#include "common/cel/number_text.h"

#include <charconv>
#include <cmath>

namespace touchstone::cel {
namespace {

// Beyond these, digits are mostly zeros.
constexpr double kPlainBelow = 1e21;
constexpr double kPlainFrom = 1e-5;

}  // namespace

std::string FormatDouble(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  const double magnitude = std::fabs(value);
  const bool plain = magnitude == 0 || (magnitude >= kPlainFrom && magnitude < kPlainBelow);
  char digits[64];
  const std::to_chars_result result =
      std::to_chars(digits, digits + sizeof(digits), value, plain ? std::chars_format::fixed : std::chars_format::scientific);
  return {digits, result.ptr};
}

}  // namespace touchstone::cel
