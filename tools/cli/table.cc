#include "tools/cli/table.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/invariant.h"
#include "tools/cli/text_width.h"

namespace touchstone::cli {
namespace {

constexpr int kGap = 2;
// A last column that is narrower than this is not read, but spelled: its text goes below the row.
constexpr int kLastColumnMin = 24;
constexpr int kBelowIndent = 4;

// The row without its last cell, which begins where this ends.
std::string Head(const std::vector<std::string>& cells, const std::vector<int>& widths) {
  std::string head;
  for (size_t i = 0; i + 1 < cells.size(); ++i) absl::StrAppend(&head, Padded(cells[i], widths[i]), std::string(kGap, ' '));
  return head;
}

// The last cell on lines of its own.
std::string Below(absl::string_view cell, int width) {
  if (cell.empty()) return "";
  const std::string indent(kBelowIndent, ' ');
  return absl::StrCat("\n", indent, Wrapped(cell, std::max(width - kBelowIndent, kLastColumnMin), kBelowIndent));
}

}  // namespace

std::string Table::Render(int width) const {
  std::vector<int> widths;
  for (const std::string& heading : headings_) widths.push_back(Columns(heading));
  for (const std::vector<std::string>& row : rows_) {
    INVARIANT(row.size() == headings_.size(), "a row has a cell for each heading");
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Columns(row[i]));
  }
  int before = 0;
  for (size_t i = 0; i + 1 < widths.size(); ++i) before += widths[i] + kGap;
  const bool below = widths.back() > width - before && width - before < kLastColumnMin;
  std::string text;
  const auto add = [&](const std::vector<std::string>& cells) {
    std::string line = Head(cells, widths);
    if (below) {
      absl::StripTrailingAsciiWhitespace(&line);
      line += Below(cells.back(), width);
    } else {
      line += Wrapped(cells.back(), width - before, before);
    }
    absl::StripTrailingAsciiWhitespace(&line);
    text += line + "\n";
  };
  add(headings_);
  for (const std::vector<std::string>& row : rows_) add(row);
  return text;
}

}  // namespace touchstone::cli
