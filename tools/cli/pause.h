#pragma once

#include "absl/time/time.h"

namespace touchstone::cli {

// Blocks for so long, on the real clock: between retries.
void Pause(absl::Duration span);

}  // namespace touchstone::cli
