#pragma once

#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/runtime/log.h"

namespace touchstone::runtime {

// `--set` may be given this often.
inline constexpr int kOverridesMax = 100;

// What every server of ours is started with.
struct Flags {
  // --config FILE; empty: defaults and overrides only.
  std::string config_file;
  // --set a.b=c, in order; they win over the file.
  std::vector<std::string> overrides;
  // --admin HOST:PORT; empty: no admin port.
  std::string admin;
  // --log-level.
  LogLevel log_level = LogLevel::kInfo;
};

// The level that `word` names. INVALID_ARGUMENT lists them, and names the nearest.
absl::StatusOr<LogLevel> LogLevelFrom(absl::string_view word);

// The flags, or the code to exit with: --help and --version are answered on stdout, mistakes on stderr.
std::variant<Flags, int> ParseFlags(absl::string_view program, int argc, const char* const* argv);

}  // namespace touchstone::runtime
