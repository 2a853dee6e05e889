#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "common/cel/program.h"

namespace touchstone::cel {

// The values that the string at `path` (`touchpoint.type`) must have one of for the program to be true, sorted: if the
// path holds another, Evaluate is false or fails. Empty: it is never true. Nothing: the expression does not bound it.
// Seen are `==` and `in` with literals under `&&`, `||` and `?:`.
absl::optional<std::vector<std::string>> RequiredEqualities(const Program& program, absl::string_view path);

}  // namespace touchstone::cel
