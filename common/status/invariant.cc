#include "common/status/invariant.h"

#include <cstdio>
#include <cstdlib>

namespace touchstone::status {

void CrashOnBrokenInvariant(const char* file, int line, const char* condition, absl::string_view message) {
  std::fprintf(stderr, "%s:%d: broken invariant: %s: %.*s\n", file, line, condition, static_cast<int>(message.size()),
               message.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace touchstone::status
