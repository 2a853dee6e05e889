#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace touchstone::cel {

// The candidate that `name` is most likely a slip of, the first of equals; empty if none is near: more than a third of
// its letters differ. Upper and lower case count as half a difference.
std::string NearestName(absl::string_view name, const std::vector<std::string>& candidates);

// `; did you mean 'x'?`, or nothing.
std::string DidYouMean(absl::string_view name, const std::vector<std::string>& candidates);

}  // namespace touchstone::cel
