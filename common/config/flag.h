#pragma once

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace touchstone::config {

// Applies `log.batch_records=500` to a message: flags override files. The left side is a path of field names with dots, the
// right side a value as in YAML; a repeated field takes a list with commas, which replaces what was there; an entry of a map is
// set by `labels.key=value`. INVALID_ARGUMENT repeats the flag's path and says what is wrong; the message is then unchanged.
absl::Status ApplyFlag(google::protobuf::Message* message, absl::string_view flag);

}  // namespace touchstone::config
