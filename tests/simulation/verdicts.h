#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/simulation/checks.h"

namespace touchstone::simulation {

// A check that did not hold.
struct Violation {
  Check check;
  std::string text;
  // Whom it concerns: the key of a record; may be empty.
  std::string subject;
  // The step after which it was seen.
  int64_t step = 0;
};

// What observers found wrong, and in which step.
class Verdicts {
 public:
  void Wrong(Check check, std::string text, absl::string_view subject = "") {
    violations_.push_back({check, std::move(text), std::string(subject), step_});
  }
  void NextStep() { ++step_; }

  int64_t step() const { return step_; }
  bool all_hold() const { return violations_.empty(); }
  std::vector<Violation> Take() { return std::move(violations_); }

 private:
  int64_t step_ = 0;
  std::vector<Violation> violations_;
};

}  // namespace touchstone::simulation
