#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace touchstone::config {

// What is wrong in a text, and where. A value.
struct Diagnostic {
  std::string file;
  // From 1; a column counts characters, not bytes. 0: the whole file.
  int line = 0;
  int column = 0;
  std::string message;
  // The line as it stands in the file, without its end.
  std::string source_line;
  // What to do, where that is not in the message; may be empty.
  std::string hint;

  // file:line:column: message
  //     the line, without its indentation, cut around the column where it is long
  //     ^
  //     hint
  std::string Render() const;

  // Line, column and source line of a byte offset; behind the end means the end. File, message and hint are empty.
  static Diagnostic FromOffset(absl::string_view text, size_t offset);
};

}  // namespace touchstone::config
