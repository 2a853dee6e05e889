#ifndef TOUCHSTONE_TOOLS_CLI_PAUSE_H_
#define TOUCHSTONE_TOOLS_CLI_PAUSE_H_

#include "absl/time/time.h"

namespace touchstone::cli {

// Blocks for so long, on the real clock: between retries.
void Pause(absl::Duration span);

}  // namespace touchstone::cli

#endif  // TOUCHSTONE_TOOLS_CLI_PAUSE_H_
