#pragma once

namespace touchstone::runtime {

// What every program of ours says to --version, and a suite to `touchstone status`.
inline constexpr char kVersion[] = "0.1.0";

}  // namespace touchstone::runtime
