#include "common/cel/compile_error.h"

#include "absl/strings/str_cat.h"
#include "common/cel/utf8.h"

namespace touchstone::cel {
namespace {

struct Place {
  int line = 1;
  absl::string_view before;  // What stands in the line before the place.
  absl::string_view whole_line;
};

Place Locate(absl::string_view text, size_t offset) {
  Place place;
  offset = std::min(offset, text.size());
  size_t start = 0;
  for (size_t i = 0; i < offset; ++i) {
    if (text[i] != '\n') continue;
    ++place.line;
    start = i + 1;
  }
  place.before = text.substr(start, offset - start);
  place.whole_line = text.substr(start, text.find('\n', start) - start);
  return place;
}

}  // namespace

std::string RenderErrors(absl::string_view expression, absl::Span<const CompileError> errors) {
  std::string out;
  for (const CompileError& error : errors) {
    const Place place = Locate(expression, error.offset);
    // Tabs stay tabs, so that the caret stands under its place whatever their width is.
    std::string indent;
    absl::string_view rest = place.before;
    while (!rest.empty()) {
      indent.push_back(rest[0] == '\t' ? '\t' : ' ');
      rest.remove_prefix(std::max(1, Utf8Length(rest)));
    }
    if (!out.empty()) out.push_back('\n');
    absl::StrAppend(&out, place.line, ":", CountCodePoints(place.before) + 1, ": ", error.message, "\n    ", place.whole_line,
                    "\n    ", indent, "^");
  }
  return out;
}

}  // namespace touchstone::cel
