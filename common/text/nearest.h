#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace touchstone::text {

// Longer words are not compared: nobody means them, and the cost is quadratic.
inline constexpr size_t kWordBytesMax = 64;

// Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b`, letter case ignored. Words beyond
// kWordBytesMax are as far away as their length says.
int EditDistance(absl::string_view a, absl::string_view b);

// The candidate that `word` most likely meant, or empty where none is near: at most a third of the word's letters may
// differ (always one). Ties go to the first. The view is of `candidates`.
absl::string_view NearestWord(absl::string_view word, absl::Span<const std::string> candidates);

// `; did you mean 'x'?`, or nothing: to append to an error's text.
std::string DidYouMean(absl::string_view word, absl::Span<const std::string> candidates);

}  // namespace touchstone::text
