#include "tools/cli/import/row_rule.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/names/name_kind.h"
#include "common/names/name_text.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "tools/cli/import/rule_constants.h"
#include "tools/cli/touchpoint_flags.h"

namespace touchstone::cli {
namespace {

constexpr int kNanosPerUnit = 1'000'000'000;

// Finds columns and parses templates for one rule, and says where one is wrong.
class Binder {
 public:
  Binder(const TableScope& scope, const std::string& path, MappingErrors& errors) : scope_(scope), path_(path), errors_(errors) {}

  Column ColumnAt(const std::string& field, const std::string& name) {
    if (name.empty()) errors_.Add(absl::StrCat(path_, ".", field), "is required");
    if (name.empty()) return {};
    absl::StatusOr<Column> column = scope_.Find(name);
    if (!column.ok()) errors_.Add(absl::StrCat(path_, ".", field), column.status().message());
    return column.ok() ? *std::move(column) : Column();
  }

  ColumnTemplate TemplateAt(const std::string& field, const std::string& text) {
    if (text.empty()) errors_.Add(absl::StrCat(path_, ".", field), "is required");
    absl::StatusOr<ColumnTemplate> parsed = ColumnTemplate::Parse(text, scope_);
    if (!parsed.ok()) errors_.Add(absl::StrCat(path_, ".", field), parsed.status().message());
    return parsed.ok() ? *std::move(parsed) : ColumnTemplate();
  }

  // A template of a name, whose kind the mapping states: else every row would be refused for it.
  ColumnTemplate NameAt(const std::string& field, const std::string& text) {
    const std::string literal = text.substr(0, text.find("{{"));
    const size_t colon = literal.find(':');
    const bool no_kind =
        colon != std::string::npos && names::KindOfText(literal.substr(0, colon)) == events::v1::NAME_KIND_UNSPECIFIED;
    const absl::Status parsed = names::ParseName(literal).status();
    if (no_kind || (!text.empty() && literal == text && !parsed.ok()))
      errors_.Add(absl::StrCat(path_, ".", field), absl::StrCat("'", text, "' ", parsed.message()));
    return TemplateAt(field, text);
  }

 private:
  const TableScope& scope_;
  const std::string& path_;
  MappingErrors& errors_;
};

absl::Status Wrong(const Column& column, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("column ", column.name, " ", why));
}

absl::StatusOr<int64_t> WholeNumber(const Column& column, const JoinedRow& row) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(column.Cell(row), &number)) return Wrong(column, "is no whole number");
  return number;
}

void AddMoney(const events::v1::Money& amount, events::v1::Money& sum) {
  int64_t units = sum.units() + amount.units();
  int64_t nanos = int64_t{sum.nanos()} + amount.nanos();
  units += nanos / kNanosPerUnit;
  nanos %= kNanosPerUnit;
  if (units > 0 && nanos < 0) --units, nanos += kNanosPerUnit;
  if (units < 0 && nanos > 0) ++units, nanos -= kNanosPerUnit;
  sum.set_units(units);
  sum.set_nanos(static_cast<int32_t>(nanos));
}

}  // namespace

RowRule::RowRule(const mapping::v1::TouchpointRule& rule, const std::string& source, const CellTime& times,
                 const TableScope& scope, const std::string& path, MappingErrors& errors)
    : rule_(rule), source_(source), times_(times) {
  Binder bind(scope, path, errors);
  CheckRuleConstants(rule, source, path, errors);
  occur_time_ = bind.ColumnAt("occur_time", rule.occur_time());
  id_ = bind.TemplateAt("id", rule.id());
  for (int i = 0; i < rule.names_size(); ++i) names_.push_back(bind.NameAt(absl::StrCat("names[", i, "]"), rule.names(i)));
  for (int i = 0; i < rule.present_size(); ++i)
    present_.push_back(bind.ColumnAt(absl::StrCat("present[", i, "]"), rule.present(i)));
  for (const auto& [column, value] : rule.where())
    where_.emplace_back(bind.ColumnAt(absl::StrCat("where[", column, "]"), column), value);
  BindValues(scope, path, errors);
}

void RowRule::BindValues(const TableScope& scope, const std::string& path, MappingErrors& errors) {
  Binder bind(scope, path, errors);
  if (!rule_.text().empty()) text_ = bind.ColumnAt("text", rule_.text());
  if (!rule_.stars().empty()) stars_ = bind.ColumnAt("stars", rule_.stars());
  if (rule_.has_survey()) score_ = bind.ColumnAt("survey.score", rule_.survey().score());
  if (rule_.has_promise()) until_ = bind.ColumnAt("promise.until", rule_.promise().until());
  if (rule_.has_money()) amount_ = bind.ColumnAt("money.amount", rule_.money().amount());
  if (rule_.has_outcome()) outcome_ = bind.ColumnAt("outcome.column", rule_.outcome().column());
  if (!rule_.topic().empty()) topic_ = bind.TemplateAt("topic", rule_.topic());
  for (int i = 0; i < rule_.correlations_size(); ++i) {
    correlation_ids_.push_back(bind.TemplateAt(absl::StrCat("correlations[", i, "].id"), rule_.correlations(i).id()));
  }
  for (const auto& [name, attribute] : rule_.attributes())
    attributes_.emplace_back(name, bind.ColumnAt(absl::StrCat("attributes[", name, "].column"), attribute.column()));
}

absl::StatusOr<std::optional<events::v1::Touchpoint>> RowRule::Apply(const JoinedRow& row) const {
  if (!Fits(row)) return std::nullopt;
  events::v1::Touchpoint touchpoint;
  touchpoint.set_source(source_);
  touchpoint.set_type(rule_.type());
  touchpoint.set_channel(rule_.channel());
  touchpoint.set_direction(rule_.direction());
  RETURN_IF_ERROR(FillIdentity(row, touchpoint));
  RETURN_IF_ERROR(FillSignals(row, touchpoint));
  RETURN_IF_ERROR(FillMoney(row, touchpoint));
  RETURN_IF_ERROR(FillAttributes(row, touchpoint));
  return touchpoint;
}

bool RowRule::Fits(const JoinedRow& row) const {
  if (occur_time_.Cell(row).empty()) return false;
  return std::none_of(present_.begin(), present_.end(), [&](const Column& column) { return column.Cell(row).empty(); }) &&
         std::all_of(where_.begin(), where_.end(), [&](const auto& wanted) { return wanted.first.Cell(row) == wanted.second; });
}

absl::Status RowRule::FillIdentity(const JoinedRow& row, events::v1::Touchpoint& touchpoint) const {
  ASSIGN_OR_RETURN(*touchpoint.mutable_id(), id_.Fill(row));
  for (const ColumnTemplate& text : names_) {
    ASSIGN_OR_RETURN(const std::string name, text.Fill(row));
    absl::StatusOr<events::v1::Name> parsed = names::ParseName(name);
    if (!parsed.ok()) return status::Annotated(parsed.status(), "names");
    *touchpoint.add_names() = *std::move(parsed);
  }
  ASSIGN_OR_RETURN(const absl::Time occur_time, TimeIn(occur_time_, row));
  *touchpoint.mutable_occur_time() = clock::ToProto(occur_time);
  for (size_t i = 0; i < correlation_ids_.size(); ++i) {
    events::v1::Correlation& correlation = *touchpoint.add_correlations();
    correlation.set_kind(rule_.correlations(static_cast<int>(i)).kind());
    ASSIGN_OR_RETURN(*correlation.mutable_id(), correlation_ids_[i].Fill(row));
  }
  return absl::OkStatus();
}

absl::Status RowRule::FillSignals(const JoinedRow& row, events::v1::Touchpoint& touchpoint) const {
  if (text_.has_value() && !text_->Cell(row).empty()) {
    touchpoint.set_text(std::string(text_->Cell(row)));
    touchpoint.set_language(rule_.language());
  }
  if (stars_.has_value() && !stars_->Cell(row).empty()) {
    ASSIGN_OR_RETURN(const int64_t stars, WholeNumber(*stars_, row));
    if (stars < 1 || stars > 5) return Wrong(*stars_, "is not 1 to 5 stars");
    touchpoint.set_stars(static_cast<int32_t>(stars));
  }
  if (score_.has_value() && !score_->Cell(row).empty()) {
    ASSIGN_OR_RETURN(const int64_t score, WholeNumber(*score_, row));
    if (score < 0 || score > 10) return Wrong(*score_, "is no score of a survey");
    touchpoint.mutable_survey()->set_kind(rule_.survey().kind());
    touchpoint.mutable_survey()->set_score(static_cast<int32_t>(score));
  }
  if (until_.has_value() && !until_->Cell(row).empty()) {
    ASSIGN_OR_RETURN(const absl::Time until, TimeIn(*until_, row));
    touchpoint.mutable_promise()->set_what(rule_.promise().what());
    *touchpoint.mutable_promise()->mutable_until_time() = clock::ToProto(until);
  }
  if (outcome_.has_value()) {
    const auto found = rule_.outcome().values().find(std::string(outcome_->Cell(row)));
    if (found != rule_.outcome().values().end()) touchpoint.set_outcome(found->second);
  }
  if (topic_.has_value()) {
    ASSIGN_OR_RETURN(*touchpoint.mutable_topic(), topic_->Fill(row));
  }
  return absl::OkStatus();
}

absl::Status RowRule::FillMoney(const JoinedRow& row, events::v1::Touchpoint& touchpoint) const {
  if (!amount_.has_value()) return absl::OkStatus();
  for (const CsvRow& partner : row[amount_->slot]) {
    const std::string& cell = partner.cells[amount_->index];
    if (cell.empty()) continue;
    const absl::StatusOr<events::v1::Money> amount = ParseMoney(cell, rule_.money().currency());
    if (!amount.ok()) return Wrong(*amount_, "is no decimal number");
    touchpoint.mutable_money()->set_currency_code(rule_.money().currency());
    AddMoney(*amount, *touchpoint.mutable_money());
  }
  return absl::OkStatus();
}

absl::Status RowRule::FillAttributes(const JoinedRow& row, events::v1::Touchpoint& touchpoint) const {
  for (const auto& [name, column] : attributes_) {
    const absl::string_view cell = column.Cell(row);
    if (cell.empty()) continue;
    events::v1::AttributeValue& value = (*touchpoint.mutable_attributes())[name];
    switch (rule_.attributes().at(name).type()) {
      case mapping::v1::ATTRIBUTE_TYPE_INTEGER: {
        ASSIGN_OR_RETURN(const int64_t number, WholeNumber(column, row));
        value.set_integer(number);
        break;
      }
      case mapping::v1::ATTRIBUTE_TYPE_REAL: {
        double number = 0;
        if (!absl::SimpleAtod(cell, &number)) return Wrong(column, "is no number");
        value.set_real(number);
        break;
      }
      case mapping::v1::ATTRIBUTE_TYPE_TIME: {
        ASSIGN_OR_RETURN(const absl::Time time, TimeIn(column, row));
        *value.mutable_time() = clock::ToProto(time);
        break;
      }
      default:
        value.set_text(std::string(cell));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> RowRule::TimeIn(const Column& column, const JoinedRow& row) const {
  absl::StatusOr<absl::Time> time = times_.Parse(column.Cell(row));
  if (!time.ok()) return Wrong(column, time.status().message());
  return time;
}

}  // namespace touchstone::cli
