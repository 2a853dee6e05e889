#pragma once

#include <limits>
#include <string>

#include "absl/strings/string_view.h"

namespace touchstone::cli {

// A width that nothing is cut for: of a file or a pipe. Halved, so that arithmetic on it stays in range.
inline constexpr int kUnboundedWidth = std::numeric_limits<int>::max() / 2;

// How many characters of UTF-8; each counts as one column, and so does a byte that is none. Colour codes must not be in it.
int Columns(absl::string_view text);

// At most `columns`; what is longer ends in …. Line ends and other control characters become blanks: text of customers must not
// move the cursor.
std::string Fitted(absl::string_view text, int columns);

// Fitted, and filled with blanks to exactly `columns`.
std::string Padded(absl::string_view text, int columns);

// All of it, broken between words into lines of at most `columns`; before each line but the first come `indent` blanks, which
// do not count. Nothing is cut: a word that is wider than a line has one of its own, for an id must stay one. Control
// characters become blanks.
std::string Wrapped(absl::string_view text, int columns, int indent);

}  // namespace touchstone::cli
