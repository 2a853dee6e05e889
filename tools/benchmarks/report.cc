#include "tools/benchmarks/report.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace touchstone::benchmarks {
namespace {

// Three digits that count, never an exponent.
std::string Text(double value) {
  const double size = std::abs(value);
  if (size >= 1000) {
    std::string digits = absl::StrCat(static_cast<int64_t>(std::llround(value)));
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3)
      digits.insert(static_cast<size_t>(at), ",");
    return digits;
  }
  return absl::StrFormat("%.*f", size >= 100 ? 0 : size >= 10 ? 1 : 2, value);
}

std::string GoalText(const Figure& figure) {
  if (!figure.goal) return "";
  return absl::StrCat(figure.goal->kind == Goal::Kind::kAtLeast ? ">= " : "<= ", Text(figure.goal->value),
                      Met(figure) ? "  met" : "  MISSED");
}

std::string SpreadText(const Spread& spread) {
  return spread.min == spread.max ? "" : absl::StrCat(Text(spread.min), " - ", Text(spread.max));
}

}  // namespace

bool Met(const Figure& figure) {
  if (!figure.goal) return true;
  return figure.goal->kind == Goal::Kind::kAtLeast ? figure.spread.median >= figure.goal->value
                                                   : figure.spread.median <= figure.goal->value;
}

void Report::Begin(std::string section) { sections_.push_back({std::move(section), {}, {}}); }
void Report::Add(Figure figure) { sections_.back().figures.push_back(std::move(figure)); }
void Report::Note(std::string note) { sections_.back().notes.push_back(std::move(note)); }

std::vector<std::string> Report::Missed() const {
  std::vector<std::string> missed;
  for (const Section& section : sections_) {
    for (const Figure& figure : section.figures) {
      if (!Met(figure)) missed.push_back(absl::StrCat(section.name, ": ", figure.name));
    }
  }
  return missed;
}

std::string Report::Table() const {
  size_t width = 0;
  for (const Section& section : sections_) {
    for (const Figure& figure : section.figures) width = std::max(width, figure.name.size());
  }
  std::string table;
  for (const Section& section : sections_) {
    absl::StrAppend(&table, "\n", section.name, "\n");
    for (const Figure& figure : section.figures) {
      absl::StrAppendFormat(&table, "  %-*s %9s %-14s %-19s %s\n", static_cast<int>(width), figure.name,
                            Text(figure.spread.median), figure.unit, SpreadText(figure.spread), GoalText(figure));
    }
    for (const std::string& note : section.notes) absl::StrAppend(&table, "  ", note, "\n");
  }
  return table;
}

std::string Report::Json(const std::vector<std::pair<std::string, std::string>>& about) const {
  nlohmann::ordered_json json;
  for (const auto& [name, value] : about) json[name] = value;
  json["sections"] = nlohmann::ordered_json::array();
  for (const Section& section : sections_) {
    nlohmann::ordered_json figures = nlohmann::ordered_json::array();
    for (const Figure& figure : section.figures) {
      nlohmann::ordered_json entry = {{"name", figure.name},
                                      {"unit", figure.unit},
                                      {"median", figure.spread.median},
                                      {"min", figure.spread.min},
                                      {"max", figure.spread.max}};
      if (figure.goal) {
        entry[figure.goal->kind == Goal::Kind::kAtLeast ? "goal_at_least" : "goal_at_most"] = figure.goal->value;
        entry["met"] = Met(figure);
      }
      figures.push_back(std::move(entry));
    }
    json["sections"].push_back({{"name", section.name}, {"figures", figures}, {"notes", section.notes}});
  }
  return json.dump(2) + "\n";
}

}  // namespace touchstone::benchmarks
