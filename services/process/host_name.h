#pragma once

#include <string>

namespace touchstone::process {

// What this machine calls itself; `localhost` where it does not say.
std::string HostName();

}  // namespace touchstone::process
