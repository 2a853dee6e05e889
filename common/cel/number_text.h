#pragma once

#include <string>

namespace touchstone::cel {

// The fewest digits that read back as the same double: `0.1`, `3`, `1e+21`, `-inf`, `nan`.
std::string FormatDouble(double value);

}  // namespace touchstone::cel
