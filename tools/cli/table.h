#ifndef TOUCHSTONE_TOOLS_CLI_TABLE_H_
#define TOUCHSTONE_TOOLS_CLI_TABLE_H_

#include <string>
#include <vector>

namespace touchstone::cli {

// Rows under headings, as wide as they need to be and no wider than the terminal: then the last column is cut. A value.
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

#endif  // TOUCHSTONE_TOOLS_CLI_TABLE_H_
