#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/cli/import/csv_table.h"

namespace touchstone::cli {

// A row of a table (slot 0) with the rows of each joined table that belong to it, in the order of the joins.
using JoinedRow = std::vector<absl::Span<const CsvRow>>;

// A column that a row of some table sees.
struct Column {
  size_t slot = 0;
  size_t index = 0;
  // As the mapping writes it.
  std::string name;

  // The cell of the first row there; empty where there is none.
  absl::string_view Cell(const JoinedRow& row) const {
    return row[slot].empty() ? absl::string_view() : row[slot].front().cells[index];
  }
};

// The columns that a table's rows see: its own as `price`, those of joined tables as `customers.city`.
class TableScope {
 public:
  // `file` outlives the scope.
  explicit TableScope(const CsvFile& file) { tables_.push_back({"", &file}); }

  void Join(const std::string& table, const CsvFile& file) { tables_.push_back({table, &file}); }

  // INVALID_ARGUMENT names the file and the nearest column.
  absl::StatusOr<Column> Find(absl::string_view name) const;

 private:
  struct Visible {
    std::string name;
    const CsvFile* file;
  };
  std::vector<Visible> tables_;
};

// Text with columns in it: `customer:{{customers.customer_unique_id}}`. A value.
class ColumnTemplate {
 public:
  static absl::StatusOr<ColumnTemplate> Parse(absl::string_view text, const TableScope& scope);

  // INVALID_ARGUMENT names a column that is empty.
  absl::StatusOr<std::string> Fill(const JoinedRow& row) const;

 private:
  struct Piece {
    std::string literal;
    // Behind the literal, where there is one.
    std::vector<Column> column;
  };
  std::vector<Piece> pieces_;
};

}  // namespace touchstone::cli
