#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace touchstone::cel {

struct CompileError {
  // Bytes from the start of the expression; its size if the place is its end.
  int offset = 0;
  // What is wrong and, where it is known, what to write instead. One line.
  std::string message;
};

// Each error as `line:column: message`, the line it is in and a caret under the place. Columns count code points from 1.
std::string RenderErrors(absl::string_view expression, absl::Span<const CompileError> errors);

}  // namespace touchstone::cel
