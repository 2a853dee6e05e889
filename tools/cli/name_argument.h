#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "touchstone/events/v1/name.pb.h"

namespace touchstone::cli {

// The name that was typed for `argument` (`NAME`, `--name`). INVALID_ARGUMENT names the argument and repeats what was typed,
// for whoever typed it.
absl::StatusOr<events::v1::Name> NameArgument(absl::string_view argument, const std::string& text);

// What a list of one customer's that is empty says: `no outreach of email:a@b.c`, and where to look if the name is not the one
// that journeys are found by. `name` may be empty: `no outreach`.
std::string NothingOf(absl::string_view what, const std::string& name);

}  // namespace touchstone::cli
