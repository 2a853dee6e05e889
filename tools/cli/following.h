#pragma once

#include "absl/strings/string_view.h"
#include "tools/cli/context.h"

namespace touchstone::cli {

// Tells a person, on stderr, that a watch has begun: until something happens it is silent, as a command that hangs is. `what` as
// in `changes of escalations`. Says nothing with --json, nor where stderr is no terminal.
void SayFollowing(absl::string_view what, bool from_begin, Context& context);

// Tells on stderr, with --json too, that a watch has lost the suite and goes on once it is back.
void SayLost(Context& context);

}  // namespace touchstone::cli
