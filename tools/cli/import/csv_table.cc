#include "tools/cli/import/csv_table.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace touchstone::cli {

absl::StatusOr<CsvFile> CsvFile::Open(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open())
    return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be opened: is it there, and may you read it?"));
  CsvReader reader(in);
  CsvRow first;
  if (!reader.Next(first))
    return absl::InvalidArgumentError(absl::StrCat(path, ": is empty; the first row must name the columns"));
  if (!first.fault.empty()) return absl::InvalidArgumentError(absl::StrCat(path, ":", first.line, ": ", first.fault));
  std::vector<std::string> sorted = first.cells;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
    return absl::InvalidArgumentError(absl::StrCat(path, ":", first.line, ": two columns have the same name"));
  CsvFile file;
  file.path_ = path;
  file.columns_ = std::move(first.cells);
  return file;
}

std::optional<size_t> CsvFile::FindColumn(absl::string_view name) const {
  const auto found = std::find(columns_.begin(), columns_.end(), name);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<size_t>(found - columns_.begin());
}

absl::Status CsvFile::ReadRows(const OnRow& on_row) const {
  std::ifstream in(path_, std::ios::binary);
  if (!in.is_open()) return absl::FailedPreconditionError(absl::StrCat(path_, ": cannot be opened any more"));
  CsvReader reader(in);
  CsvRow row;
  reader.Next(row);
  while (reader.Next(row)) {
    if (row.fault.empty() && row.cells.size() != columns_.size())
      row.fault = absl::StrCat("has ", row.cells.size(), " columns where the first row names ", columns_.size());
    RETURN_IF_ERROR(on_row(row, reader.bytes()));
  }
  return in.bad() ? absl::DataLossError(absl::StrCat(path_, ": could not be read to its end")) : absl::OkStatus();
}

absl::StatusOr<CsvIndex> CsvIndex::Load(const CsvFile& file, size_t key_column,
                                        const std::function<void(const CsvRow&)>& on_fault) {
  CsvIndex index;
  size_t rows = 0;
  RETURN_IF_ERROR(file.ReadRows([&](const CsvRow& row, int64_t) {
    if (!row.fault.empty()) {
      on_fault(row);
      return absl::OkStatus();
    }
    if (++rows > kJoinedRowsMax) {
      return absl::ResourceExhaustedError(
          absl::StrCat(file.path(), ": has more than ", kJoinedRowsMax, " rows, too many to join; import it in parts"));
    }
    index.rows_[row.cells[key_column]].push_back(row);
    return absl::OkStatus();
  }));
  return index;
}

absl::Span<const CsvRow> CsvIndex::Find(absl::string_view key) const {
  const auto found = rows_.find(key);
  if (found == rows_.end()) return {};
  return found->second;
}

}  // namespace touchstone::cli
