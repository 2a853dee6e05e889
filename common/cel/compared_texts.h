#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/cel/program.h"

namespace touchstone::cel {

struct ComparedText {
  std::string text;
  // Where it stands: bytes of the program's text.
  size_t offset = 0;
};

// The literals with which the string at `path` (`moment.rule`) is compared anywhere in the program by `==`, `!=` or `in`: for who
// knows which values there are, and would tell that one is none of them. In the order in which they stand.
std::vector<ComparedText> ComparedTexts(const Program& program, absl::string_view path);

}  // namespace touchstone::cel
