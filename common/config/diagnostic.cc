#include "common/config/diagnostic.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/text/utf8.h"

namespace touchstone::config {
namespace {

constexpr int kShownCharactersMax = 120;
constexpr int kShownBefore = 80;

// The bytes of the first `count` characters; a bad byte counts as one.
size_t BytesOf(absl::string_view text, int count) {
  size_t bytes = 0;
  for (; count > 0 && bytes < text.size(); --count) bytes += std::max(1, text::Utf8SequenceLength(text.substr(bytes)));
  return std::min(bytes, text.size());
}

int CharactersIn(absl::string_view text) {
  int count = 0;
  for (size_t bytes = 0; bytes < text.size(); ++count) bytes += std::max(1, text::Utf8SequenceLength(text.substr(bytes)));
  return count;
}

}  // namespace

std::string Diagnostic::Render() const {
  std::string rendered =
      line == 0 ? absl::StrCat(file, ": ", message) : absl::StrCat(file, ":", line, ":", column, ": ", message);
  if (line > 0 && !source_line.empty()) {
    absl::string_view shown = source_line;
    int caret = std::max(0, column - 1);
    const int indentation = static_cast<int>(source_line.size() - absl::StripLeadingAsciiWhitespace(shown).size());
    const int cut = std::max(std::min(indentation, caret), caret - kShownBefore);
    shown.remove_prefix(BytesOf(shown, cut));
    caret -= cut;
    shown = shown.substr(0, BytesOf(shown, kShownCharactersMax));
    std::string printable(shown);
    // A tab would move the caret.
    std::replace_if(
        printable.begin(), printable.end(), [](unsigned char c) { return absl::ascii_iscntrl(c); }, ' ');
    absl::StrAppend(&rendered, "\n    ", printable, "\n    ", std::string(caret, ' '), "^");
  }
  if (!hint.empty()) absl::StrAppend(&rendered, "\n    ", hint);
  return rendered;
}

Diagnostic Diagnostic::FromOffset(absl::string_view text, size_t offset) {
  offset = std::min(offset, text.size());
  const absl::string_view before = text.substr(0, offset);
  const size_t last_end = before.rfind('\n');
  const size_t begin = last_end == absl::string_view::npos ? 0 : last_end + 1;
  absl::string_view line_text = text.substr(begin, text.find('\n', begin) - begin);
  if (!line_text.empty() && line_text.back() == '\r') line_text.remove_suffix(1);
  Diagnostic diagnostic;
  diagnostic.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  diagnostic.column = 1 + CharactersIn(text.substr(begin, offset - begin));
  diagnostic.source_line = std::string(line_text);
  return diagnostic;
}

}  // namespace touchstone::config
