#ifndef TOUCHSTONE_COMMON_RUNTIME_EXIT_CODE_H_
#define TOUCHSTONE_COMMON_RUNTIME_EXIT_CODE_H_

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
  // What was asked for is not there.
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

}  // namespace touchstone::runtime

#endif  // TOUCHSTONE_COMMON_RUNTIME_EXIT_CODE_H_
