#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/cli/import/cell_time.h"
#include "tools/cli/import/mapping_errors.h"
#include "tools/cli/import/table_scope.h"
#include "touchstone/events/v1/touchpoint.pb.h"
#include "touchstone/mapping/v1/mapping.pb.h"

namespace touchstone::cli {

// One touchpoint rule of a mapping, bound to the columns of real files: rows in, touchpoints out. Immutable.
class RowRule {
 public:
  // Finds every column; what is wrong goes to `errors` under `path` (`touchpoints[2]`), and then the rule must not be used.
  // `rule`, `source` and `times` outlive it.
  RowRule(const mapping::v1::TouchpointRule& rule, const std::string& source, const CellTime& times, const TableScope& scope,
          const std::string& path, MappingErrors& errors);

  // The row's touchpoint; nothing where the row gives none. INVALID_ARGUMENT says which column is wrong, never what is in it.
  absl::StatusOr<std::optional<events::v1::Touchpoint>> Apply(const JoinedRow& row) const;

 private:
  void BindValues(const TableScope& scope, const std::string& path, MappingErrors& errors);

  bool Fits(const JoinedRow& row) const;
  absl::Status FillIdentity(const JoinedRow& row, events::v1::Touchpoint& touchpoint) const;
  absl::Status FillSignals(const JoinedRow& row, events::v1::Touchpoint& touchpoint) const;
  absl::Status FillMoney(const JoinedRow& row, events::v1::Touchpoint& touchpoint) const;
  absl::Status FillAttributes(const JoinedRow& row, events::v1::Touchpoint& touchpoint) const;
  absl::StatusOr<absl::Time> TimeIn(const Column& column, const JoinedRow& row) const;

  const mapping::v1::TouchpointRule& rule_;
  const std::string& source_;
  const CellTime& times_;
  Column occur_time_;
  ColumnTemplate id_;
  std::vector<ColumnTemplate> names_;
  std::vector<Column> present_;
  std::vector<std::pair<Column, std::string>> where_;
  // Set where the rule has them.
  std::optional<Column> text_;
  std::optional<Column> stars_;
  std::optional<Column> score_;
  std::optional<Column> until_;
  std::optional<Column> amount_;
  std::optional<Column> outcome_;
  std::optional<ColumnTemplate> topic_;
  std::vector<ColumnTemplate> correlation_ids_;
  std::vector<std::pair<std::string, Column>> attributes_;
};

}  // namespace touchstone::cli
