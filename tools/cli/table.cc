#include "tools/cli/table.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/invariant.h"
#include "tools/cli/text_width.h"

namespace touchstone::cli {
namespace {

constexpr int kGap = 2;
// The last column is never cut below this, whatever the terminal is.
constexpr int kLastColumnMin = 12;

std::string Line(const std::vector<std::string>& cells, const std::vector<int>& widths) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    absl::StrAppend(&line, Padded(cells[i], widths[i]), std::string(i + 1 < cells.size() ? kGap : 0, ' '));
  }
  absl::StripTrailingAsciiWhitespace(&line);
  return line + "\n";
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
  widths.back() = std::min(widths.back(), std::max(kLastColumnMin, width - before));
  std::string text = Line(headings_, widths);
  for (const std::vector<std::string>& row : rows_) text += Line(row, widths);
  return text;
}

}  // namespace touchstone::cli
