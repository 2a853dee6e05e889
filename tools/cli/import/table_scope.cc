#include "tools/cli/import/table_scope.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/macros.h"
#include "common/text/nearest.h"

namespace touchstone::cli {

absl::StatusOr<Column> TableScope::Find(absl::string_view name) const {
  // The longest prefix with a dot that is a table; columns may have dots too.
  for (size_t slot = tables_.size(); slot-- > 0;) {
    const Visible& table = tables_[slot];
    absl::string_view column = name;
    if (slot > 0 && !absl::ConsumePrefix(&column, absl::StrCat(table.name, "."))) continue;
    if (const std::optional<size_t> index = table.file->FindColumn(column)) return Column{slot, *index, std::string(name)};
    if (slot > 0 || tables_.size() == 1 || !absl::StrContains(name, '.')) {
      return absl::InvalidArgumentError(
          absl::StrCat(table.file->path(), " has no column '", column, "'", text::DidYouMean(column, table.file->columns())));
    }
  }
  return absl::InvalidArgumentError(absl::StrCat("'", name, "' is of a table that is not joined here"));
}

absl::StatusOr<ColumnTemplate> ColumnTemplate::Parse(absl::string_view text, const TableScope& scope) {
  ColumnTemplate parsed;
  while (!text.empty()) {
    const size_t open = text.find("{{");
    Piece piece{.literal = std::string(text.substr(0, open))};
    text.remove_prefix(open == absl::string_view::npos ? text.size() : open);
    if (!text.empty()) {
      const size_t close = text.find("}}");
      if (close == absl::string_view::npos) return absl::InvalidArgumentError("'{{' is never closed by '}}'");
      ASSIGN_OR_RETURN(Column column, scope.Find(absl::StripAsciiWhitespace(text.substr(2, close - 2))));
      piece.column.push_back(std::move(column));
      text.remove_prefix(close + 2);
    }
    parsed.pieces_.push_back(std::move(piece));
  }
  return parsed;
}

absl::StatusOr<std::string> ColumnTemplate::Fill(const JoinedRow& row) const {
  std::string text;
  for (const Piece& piece : pieces_) {
    text += piece.literal;
    if (piece.column.empty()) continue;
    const absl::string_view cell = piece.column.front().Cell(row);
    if (cell.empty()) return absl::InvalidArgumentError(absl::StrCat("column ", piece.column.front().name, " is empty"));
    absl::StrAppend(&text, cell);
  }
  return text;
}

}  // namespace touchstone::cli
