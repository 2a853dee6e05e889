#include "tools/cli/text_width.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/text/utf8.h"

namespace touchstone::cli {
namespace {

// Control characters of ASCII, and of Latin 1 in their two bytes.
bool IsControl(absl::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (first < 0x20 || first == 0x7f) return true;
  return character.size() == 2 && first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

absl::string_view FirstCharacter(absl::string_view text) {
  return text.substr(0, static_cast<size_t>(std::max(1, text::Utf8SequenceLength(text))));
}

}  // namespace

int Columns(absl::string_view text) {
  int columns = 0;
  for (; !text.empty(); ++columns) text.remove_prefix(FirstCharacter(text).size());
  return columns;
}

std::string Fitted(absl::string_view text, int columns) {
  const bool cut = Columns(text) > columns;
  std::string fitted;
  for (int left = cut ? columns - 1 : columns; left > 0 && !text.empty(); --left) {
    const absl::string_view character = FirstCharacter(text);
    if (IsControl(character)) {
      fitted += ' ';
    } else if (text::Utf8SequenceLength(character) == 0) {
      fitted += "�";
    } else {
      absl::StrAppend(&fitted, character);
    }
    text.remove_prefix(character.size());
  }
  if (cut && columns > 0) fitted += "…";
  return fitted;
}

std::string Padded(absl::string_view text, int columns) {
  std::string padded = Fitted(text, columns);
  padded.append(static_cast<size_t>(std::max(0, columns - Columns(padded))), ' ');
  return padded;
}

std::string Wrapped(absl::string_view text, int columns, int indent) {
  const std::string plain = Fitted(text, kUnboundedWidth);
  if (Columns(plain) <= columns) return plain;
  std::string wrapped;
  int column = 0;
  for (const absl::string_view word : absl::StrSplit(plain, ' ', absl::SkipEmpty())) {
    const int wide = Columns(word);
    if (!wrapped.empty() && column + 1 + wide > columns) {
      absl::StrAppend(&wrapped, "\n", std::string(static_cast<size_t>(indent), ' '), word);
      column = wide;
    } else {
      absl::StrAppend(&wrapped, wrapped.empty() ? "" : " ", word);
      column += wide + (column == 0 ? 0 : 1);
    }
  }
  return wrapped;
}

}  // namespace touchstone::cli
