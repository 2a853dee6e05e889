#ifndef TOUCHSTONE_TOOLS_CLI_TEXT_WIDTH_H_
#define TOUCHSTONE_TOOLS_CLI_TEXT_WIDTH_H_

#include <string>

#include "absl/strings/string_view.h"

namespace touchstone::cli {

// How many characters of UTF-8; each counts as one column, and so does a byte that is none. Colour codes must not be in it.
int Columns(absl::string_view text);

// At most `columns`; what is longer ends in …. Line ends and other control characters become blanks: text of customers must not
// move the cursor.
std::string Fitted(absl::string_view text, int columns);

// Fitted, and filled with blanks to exactly `columns`.
std::string Padded(absl::string_view text, int columns);

}  // namespace touchstone::cli

#endif  // TOUCHSTONE_TOOLS_CLI_TEXT_WIDTH_H_
