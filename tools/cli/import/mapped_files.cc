#include "tools/cli/import/mapped_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/config/yaml.h"
#include "common/ids/hash.h"
#include "common/status/macros.h"
#include "common/text/nearest.h"

namespace touchstone::cli {
namespace {

constexpr size_t kChunkBytes = 64 << 10;

int64_t SizeOf(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<int64_t>(size);
}

// The hash of a file's bytes, carried on from the hash before.
absl::StatusOr<uint64_t> HashFile(const std::string& path, uint64_t hash) {
  std::ifstream in(path, std::ios::binary);
  std::string chunk(kChunkBytes, '\0');
  while (in.read(chunk.data(), kChunkBytes), in.gcount() > 0)
    hash = ids::StableHash64(absl::StrCat(absl::Hex(hash), absl::string_view(chunk.data(), static_cast<size_t>(in.gcount()))));
  if (in.bad() || !in.eof()) return absl::DataLossError(absl::StrCat(path, ": could not be read to its end"));
  return hash;
}

}  // namespace

absl::StatusOr<std::unique_ptr<MappedFiles>> MappedFiles::Open(const std::string& mapping_name, const std::string& mapping_text,
                                                               const std::vector<std::string>& paths) {
  std::unique_ptr<MappedFiles> files(new MappedFiles());
  files->mapping_text_ = mapping_text;
  RETURN_IF_ERROR(config::ParseYaml(mapping_name, mapping_text, &files->mapping_, &files->sources_));
  RETURN_IF_ERROR(files->OpenFiles(paths));
  RETURN_IF_ERROR(files->Bind());
  RETURN_IF_ERROR(files->LoadIndexes());
  return files;
}

absl::Status MappedFiles::OpenFiles(const std::vector<std::string>& paths) {
  std::map<std::string, std::string> path_by_file;
  for (const std::string& path : paths) path_by_file[std::filesystem::path(path).filename().string()] = path;
  MappingErrors errors(sources_);
  if (mapping_.tables().empty()) errors.Add("tables", "is required: the files, and how they belong together");
  for (int i = 0; i < mapping_.tables_size(); ++i) {
    const mapping::v1::Table& declared = mapping_.tables(i);
    const std::string path = absl::StrCat("tables[", i, "]");
    if (declared.name().empty()) errors.Add(absl::StrCat(path, ".name"), "is required");
    if (!by_name_.emplace(declared.name(), tables_.size()).second) errors.Add(absl::StrCat(path, ".name"), "is there twice");
    auto given = path_by_file.extract(declared.file());
    if (given.empty()) {
      errors.Add(absl::StrCat(path, ".file"), absl::StrCat("no file '", declared.file(), "' is given to import"));
      continue;
    }
    auto table = std::make_unique<Table>();
    table->number = i;
    table->declared = &declared;
    ASSIGN_OR_RETURN(table->file, CsvFile::Open(given.mapped()));
    tables_.push_back(std::move(table));
  }
  RETURN_IF_ERROR(errors.ToStatus());
  if (path_by_file.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(path_by_file.begin()->second, ": no table of the mapping is of this file"));
}

absl::Status MappedFiles::Bind() {
  MappingErrors errors(sources_);
  if (mapping_.source().empty()) errors.Add("source", "is required");
  if (mapping_.touchpoints().empty()) errors.Add("touchpoints", "is required");
  absl::StatusOr<CellTime> times = CellTime::Of(mapping_);
  if (!times.ok()) errors.Add("zone", times.status().message());
  for (int i = 0; i < mapping_.time_formats_size(); ++i) {
    if (const absl::Status known = CheckTimeFormat(mapping_.time_formats(i)); !known.ok())
      errors.Add(absl::StrCat("time_formats[", i, "]"), known.message());
  }
  if (times.ok()) times_ = std::make_unique<CellTime>(*std::move(times));
  RETURN_IF_ERROR(errors.ToStatus());
  const std::vector<std::string> names = TableNames();
  for (int i = 0; i < mapping_.touchpoints_size(); ++i) {
    const std::string& from = mapping_.touchpoints(i).from();
    if (by_name_.count(from) == 0)
      errors.Add(absl::StrCat("touchpoints[", i, "].from"),
                 absl::StrCat("'", from, "' is no table", text::DidYouMean(from, names)));
  }
  for (size_t i = 0; i < tables_.size(); ++i) {
    TableScope scope(tables_[i]->file);
    BindJoins(i, scope, errors);
    BindRules(i, scope, errors);
  }
  CheckKeys(errors);
  return errors.ToStatus();
}

void MappedFiles::CheckKeys(MappingErrors& errors) const {
  for (size_t i = 0; i < tables_.size(); ++i) {
    const mapping::v1::Table& declared = *tables_[i]->declared;
    const bool joined =
        std::any_of(mapping_.tables().begin(), mapping_.tables().end(), [&declared](const mapping::v1::Table& other) {
          return std::any_of(other.joins().begin(), other.joins().end(),
                             [&declared](const mapping::v1::Join& join) { return join.table() == declared.name(); });
        });
    if (!declared.key().empty() && !joined)
      errors.Add(absl::StrCat("tables[", i, "].key"), absl::StrCat("is of no use: no table joins '", declared.name(), "'"));
  }
}

std::vector<std::string> MappedFiles::TableNames() const {
  std::vector<std::string> names;
  for (const auto& [name, place] : by_name_) names.push_back(name);
  return names;
}

void MappedFiles::BindJoins(size_t table, TableScope& scope, MappingErrors& errors) {
  const mapping::v1::Table& declared = *tables_[table]->declared;
  for (int i = 0; i < declared.joins_size(); ++i) {
    const mapping::v1::Join& join = declared.joins(i);
    const std::string path = absl::StrCat("tables[", table, "].joins[", i, "]");
    const absl::StatusOr<Column> by = scope.Find(join.by());
    if (!by.ok()) errors.Add(absl::StrCat(path, ".by"), by.status().message());
    const auto other = by_name_.find(join.table());
    if (other == by_name_.end()) {
      errors.Add(absl::StrCat(path, ".table"),
                 absl::StrCat("'", join.table(), "' is no table", text::DidYouMean(join.table(), TableNames())));
      continue;
    }
    if (tables_[other->second]->declared->key().empty())
      errors.Add(absl::StrCat(path, ".table"), absl::StrCat("'", join.table(), "' has no key to find its rows by"));
    scope.Join(join.table(), tables_[other->second]->file);
    tables_[table]->joins.push_back({by.ok() ? *by : Column(), join.optional(), other->second});
  }
}

void MappedFiles::BindRules(size_t table, const TableScope& scope, MappingErrors& errors) {
  for (int i = 0; i < mapping_.touchpoints_size(); ++i) {
    const mapping::v1::TouchpointRule& rule = mapping_.touchpoints(i);
    if (rule.from() != tables_[table]->declared->name()) continue;
    tables_[table]->rules.emplace_back(rule, mapping_.source(), *times_, scope, absl::StrCat("touchpoints[", i, "]"), errors);
  }
}

absl::Status MappedFiles::LoadIndexes() {
  for (const std::unique_ptr<Table>& joining : tables_) {
    for (const Join& join : joining->joins) {
      Table& table = *tables_[join.table];
      if (table.index != nullptr) continue;
      const std::optional<size_t> key = table.file.FindColumn(table.declared->key());
      MappingErrors errors(sources_);
      if (!key.has_value()) {
        errors.Add(absl::StrCat("tables[", join.table, "].key"),
                   absl::StrCat(table.file.path(), " has no column '", table.declared->key(), "'",
                                text::DidYouMean(table.declared->key(), table.file.columns())));
        return errors.ToStatus();
      }
      const auto on_fault = [&table](const CsvRow& row) { table.faults.emplace_back(row.line, row.fault); };
      ASSIGN_OR_RETURN(CsvIndex index, CsvIndex::Load(table.file, *key, on_fault));
      table.index = std::make_unique<CsvIndex>(std::move(index));
    }
  }
  return absl::OkStatus();
}

absl::Status MappedFiles::Visit(const Visitor& visitor) const {
  int64_t bytes = 0;
  for (const std::unique_ptr<Table>& table : tables_) {
    // Those of tables with rules are told when their rows come.
    if (table->rules.empty()) {
      for (const auto& [line, why] : table->faults) visitor.on_reject({table->number, line}, why);
      continue;
    }
    RETURN_IF_ERROR(VisitTable(*table, bytes, visitor));
    bytes += SizeOf(table->file.path());
  }
  return absl::OkStatus();
}

absl::Status MappedFiles::VisitTable(const Table& table, int64_t bytes_before, const Visitor& visitor) const {
  return table.file.ReadRows([&](const CsvRow& row, int64_t bytes) {
    RETURN_IF_ERROR(VisitRow(table, row, visitor));
    visitor.on_progress(bytes_before + bytes);
    return absl::OkStatus();
  });
}

absl::Status MappedFiles::VisitRow(const Table& table, const CsvRow& row, const Visitor& visitor) const {
  const RowPlace place{table.number, row.line};
  JoinedRow joined = {absl::MakeConstSpan(&row, 1)};
  const absl::Status fault = row.fault.empty() ? FindPartners(table, joined) : absl::InvalidArgumentError(row.fault);
  if (!fault.ok()) {
    visitor.on_reject(place, fault.message());
    return absl::OkStatus();
  }
  for (const RowRule& rule : table.rules) {
    absl::StatusOr<std::optional<events::v1::Touchpoint>> touchpoint = rule.Apply(joined);
    if (!touchpoint.ok()) visitor.on_reject(place, touchpoint.status().message());
    if (touchpoint.ok() && touchpoint->has_value()) RETURN_IF_ERROR(visitor.on_touchpoint(**std::move(touchpoint), place));
  }
  return absl::OkStatus();
}

absl::Status MappedFiles::FindPartners(const Table& table, JoinedRow& row) const {
  for (const Join& join : table.joins) {
    const Table& other = *tables_[join.table];
    const absl::Span<const CsvRow> partners = other.index->Find(join.by.Cell(row));
    if (partners.empty() && !join.optional)
      return absl::InvalidArgumentError(absl::StrCat("no row of ", other.declared->file(), " has the ", other.declared->key(),
                                                     " that column ", join.by.name, " holds"));
    row.push_back(partners);
  }
  return absl::OkStatus();
}

int64_t MappedFiles::bytes() const {
  int64_t bytes = 0;
  for (const std::unique_ptr<Table>& table : tables_) bytes += table->rules.empty() ? 0 : SizeOf(table->file.path());
  return bytes;
}

absl::StatusOr<std::string> MappedFiles::Fingerprint() const {
  uint64_t hash = ids::StableHash64(mapping_text_);
  for (const std::unique_ptr<Table>& table : tables_) {
    ASSIGN_OR_RETURN(hash, HashFile(table->file.path(), hash));
  }
  return absl::StrCat("import-", absl::Hex(hash, absl::kZeroPad16));
}

}  // namespace touchstone::cli
