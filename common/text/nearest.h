#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace touchstone::text {

// Longer words are not compared: nobody means them, and the cost is quadratic.
inline constexpr size_t kWordBytesMax = 128;

// The candidate that `word` most likely meant, or empty where none is near: at most a third of the word's letters may differ
// (always one), by being inserted, deleted, replaced or swapped with a neighbour. Another letter case is half a difference,
// and near however often it stands: `EMAIL` means `email`. Ties go to the first. The view is of `candidates`.
absl::string_view NearestWord(absl::string_view word, absl::Span<const std::string> candidates);

// `; did you mean 'x'?`, or nothing: to append to an error's text.
std::string DidYouMean(absl::string_view word, absl::Span<const std::string> candidates);

}  // namespace touchstone::text
