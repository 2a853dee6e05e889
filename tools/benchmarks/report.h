#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/benchmarks/spread.h"

namespace touchstone::benchmarks {

struct Goal {
  enum class Kind { kAtLeast, kAtMost };
  Kind kind;
  double value;
};

// A line of the table.
struct Figure {
  // What is measured, in words.
  std::string name;
  Spread spread;
  // E.g. `ms`, `touchpoints/s`; empty for ratios.
  std::string unit;
  std::optional<Goal> goal;
};

// True where there is no goal.
bool Met(const Figure& figure);

// What was measured in one run, in sections. A value.
class Report {
 public:
  // Figures that follow belong to it.
  void Begin(std::string section);
  void Add(Figure figure);
  // A sentence below the section's figures.
  void Note(std::string note);

  // Goals beside figures, for a terminal.
  std::string Table() const;
  // `about`: what run this was, by name; into the same object.
  std::string Json(const std::vector<std::pair<std::string, std::string>>& about) const;
  std::vector<std::string> Missed() const;

 private:
  struct Section {
    std::string name;
    std::vector<Figure> figures;
    std::vector<std::string> notes;
  };
  std::vector<Section> sections_;
};

}  // namespace touchstone::benchmarks
