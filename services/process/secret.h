#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/names/name_secret.h"

namespace touchstone::process {

// The secret in a file. NOT_FOUND: there is none; FAILED_PRECONDITION: others than its owner may read it; INVALID_ARGUMENT:
// it is not 64 hexadecimal digits.
absl::StatusOr<names::NameSecret> ReadSecret(const std::string& path);

// The secret in a file, which is made, readable by its owner alone and durable, if it is not there.
absl::StatusOr<names::NameSecret> ReadOrMakeSecret(const std::string& path);

// Whether this secret is the log's: the first fingerprint stated on `control.v1` holds; where none is, this one is stated.
// FAILED_PRECONDITION where another holds, with both fingerprints. Blocks until that is durable, at most `timeout` by the real
// `clock`; then DEADLINE_EXCEEDED.
absl::Status AgreeOnSecret(const names::NameSecret& secret, eventlog::EventLog& log, const clock::Clock& clock,
                           absl::Duration timeout);

}  // namespace touchstone::process
