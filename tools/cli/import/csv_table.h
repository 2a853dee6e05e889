#pragma once

#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/cli/import/csv_reader.h"

namespace touchstone::cli {

// Rows of joined files are kept in memory.
inline constexpr size_t kJoinedRowsMax = 5'000'000;

// A CSV file whose first row names its columns.
class CsvFile {
 public:
  // INVALID_ARGUMENT where it is not there or has no usable first row. Opens the file.
  static absl::StatusOr<CsvFile> Open(const std::string& path);

  const std::string& path() const { return path_; }
  const std::vector<std::string>& columns() const { return columns_; }
  // Its place in each row.
  std::optional<size_t> FindColumn(absl::string_view name) const;

  // From the first row behind the names, each time anew. Rows with another number of cells have a fault. `on_row` is also told
  // how many bytes were read; its error ends the reading and is returned.
  using OnRow = std::function<absl::Status(const CsvRow& row, int64_t bytes)>;
  absl::Status ReadRows(const OnRow& on_row) const;

 private:
  std::string path_;
  std::vector<std::string> columns_;
};

// All rows of a file, by a key column; several may have one key.
class CsvIndex {
 public:
  // RESOURCE_EXHAUSTED for more than kJoinedRowsMax rows. Rows with a fault go to `on_fault` and are left out.
  static absl::StatusOr<CsvIndex> Load(const CsvFile& file, size_t key_column,
                                       const std::function<void(const CsvRow&)>& on_fault);

  // In the order of the file; empty where there are none.
  absl::Span<const CsvRow> Find(absl::string_view key) const;

 private:
  absl::flat_hash_map<std::string, std::vector<CsvRow>> rows_;
};

}  // namespace touchstone::cli
