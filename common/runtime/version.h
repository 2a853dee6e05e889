#ifndef TOUCHSTONE_COMMON_RUNTIME_VERSION_H_
#define TOUCHSTONE_COMMON_RUNTIME_VERSION_H_

namespace touchstone::runtime {

// What every program of ours says to --version, and a suite to `touchstone status`.
inline constexpr char kVersion[] = "0.1.0";

}  // namespace touchstone::runtime

#endif  // TOUCHSTONE_COMMON_RUNTIME_VERSION_H_
