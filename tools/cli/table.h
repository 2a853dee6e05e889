#pragma once

#include <string>
#include <vector>

namespace touchstone::cli {

// Rows under headings, each column as wide as it needs to be. Nothing is ever cut: where the terminal is too narrow, the last
// column is broken between words, in its place or, if little of that is left, indented below its row. A value.
class Table {
 public:
  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}

  // As many cells as there are headings.
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }

  // Each line ends with a line end.
  std::string Render(int width) const;

 private:
  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace touchstone::cli
