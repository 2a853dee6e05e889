#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/config/source_map.h"
#include "tools/cli/import/row_rule.h"

namespace touchstone::cli {

// Where in the files something is.
struct RowPlace {
  int file = 0;
  int64_t line = 0;
};

// CSV files read through a mapping. Rows of joined tables are kept in memory; the others are read as they come. Used by one
// thread; blocks for the disk.
class MappedFiles {
 public:
  struct Visitor {
    // Its error ends the reading and is returned.
    std::function<absl::Status(events::v1::Touchpoint touchpoint, RowPlace place)> on_touchpoint;
    // A row, or one touchpoint of it, that cannot be taken; the reason repeats nothing of the row.
    std::function<void(RowPlace place, absl::string_view why)> on_reject;
    // After each row: bytes read of bytes().
    std::function<void(int64_t bytes)> on_progress;
  };

  // `mapping_name` is for errors, `paths` are matched to tables by their file names. INVALID_ARGUMENT shows what is wrong in the
  // mapping and where, or which file is missing or not in the mapping or not there.
  static absl::StatusOr<std::unique_ptr<MappedFiles>> Open(const std::string& mapping_name, const std::string& mapping_text,
                                                           const std::vector<std::string>& paths);

  MappedFiles(const MappedFiles&) = delete;
  MappedFiles& operator=(const MappedFiles&) = delete;

  // All touchpoints, table by table in the order of the mapping; the same each time. Rejected rows too.
  absl::Status Visit(const Visitor& visitor) const;

  // The name of a place's file.
  const std::string& FileName(int file) const { return tables_[static_cast<size_t>(file)]->file.path(); }
  const std::string& source() const { return mapping_.source(); }
  // Of the files whose rows give touchpoints.
  int64_t bytes() const;
  // The same for the same mapping and the same contents, whatever the files' folder: `import-8f3c5d1e90a7b264`.
  absl::StatusOr<std::string> Fingerprint() const;

 private:
  struct Join {
    Column by;
    bool optional = false;
    size_t table = 0;
  };
  struct Table {
    int number = 0;
    const mapping::v1::Table* declared = nullptr;
    CsvFile file;
    std::vector<Join> joins;
    std::vector<RowRule> rules;
    // Where another table joins it.
    std::unique_ptr<CsvIndex> index;
    // Rows that the index left out.
    std::vector<std::pair<int64_t, std::string>> faults;
  };

  MappedFiles() = default;

  absl::Status OpenFiles(const std::vector<std::string>& paths);
  absl::Status Bind();
  std::vector<std::string> TableNames() const;
  void BindJoins(size_t table, TableScope& scope, MappingErrors& errors);
  // Keys by which no table finds rows.
  void CheckKeys(MappingErrors& errors) const;
  void BindRules(size_t table, const TableScope& scope, MappingErrors& errors);
  absl::Status LoadIndexes();
  absl::Status VisitTable(const Table& table, int64_t bytes_before, const Visitor& visitor) const;
  absl::Status VisitRow(const Table& table, const CsvRow& row, const Visitor& visitor) const;
  // INVALID_ARGUMENT where a partner is missing.
  absl::Status FindPartners(const Table& table, JoinedRow& row) const;

  mapping::v1::Mapping mapping_;
  std::string mapping_text_;
  config::SourceMap sources_;
  std::unique_ptr<const CellTime> times_;
  // By their place in the mapping.
  std::vector<std::unique_ptr<Table>> tables_;
  std::map<std::string, size_t> by_name_;
};

}  // namespace touchstone::cli
