#include "tools/cli/pause.h"

#include <chrono>
#include <thread>

namespace touchstone::cli {

void Pause(absl::Duration span) { std::this_thread::sleep_for(absl::ToChronoNanoseconds(span)); }

}  // namespace touchstone::cli
