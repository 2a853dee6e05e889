#pragma once

#include "absl/strings/string_view.h"

namespace touchstone::runtime {

// Names the calling thread for top, gdb and perf. Linux shows 15 bytes.
void SetThreadName(absl::string_view name);

}  // namespace touchstone::runtime
