#pragma once

#include "absl/status/status.h"

namespace touchstone::runtime {

// What a program of ours ends with. A second SIGTERM or SIGINT gives 128 plus the signal, a broken invariant SIGABRT.
enum ExitCode : int {
  kExitOk = 0,
  // It failed; stderr says why.
  kExitFailed = 1,
  // A flag, a configuration file or an argument is wrong.
  kExitUsage = 2,
  // Nothing listens, or not in time: trying again may help.
  kExitUnavailable = 3,
  // What the suite was asked for is not there. A file that is not there is kExitUsage.
  kExitNotFound = 4,
};

inline ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitOk;
    case absl::StatusCode::kInvalidArgument:
      return kExitUsage;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kExitUnavailable;
    case absl::StatusCode::kNotFound:
      return kExitNotFound;
    default:
      return kExitFailed;
  }
}

// The error of what serves, or only reads files, and is asked for nothing: where something is not there, a flag or a setting
// named it, and that is the mistake. NOT_FOUND becomes INVALID_ARGUMENT.
inline absl::Status SettingError(const absl::Status& status) {
  return absl::IsNotFound(status) ? absl::InvalidArgumentError(status.message()) : status;
}

}  // namespace touchstone::runtime
