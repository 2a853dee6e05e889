#pragma once

#include "absl/strings/string_view.h"

namespace touchstone::status {

// Writes `file:line: broken invariant: condition: message` to stderr and aborts. Never for bad input.
[[noreturn]] void CrashOnBrokenInvariant(const char* file, int line, const char* condition, absl::string_view message);

}  // namespace touchstone::status

// INVARIANT(offset >= begin, absl::StrCat(...)): what the code around relies on. Also in release builds. The message is
// evaluated only when the condition does not hold, and carries no personal data.
#define INVARIANT(condition, message)                                                          \
  do {                                                                                         \
    if (!(condition)) [[unlikely]]                                                             \
      ::touchstone::status::CrashOnBrokenInvariant(__FILE__, __LINE__, #condition, (message)); \
  } while (false)
