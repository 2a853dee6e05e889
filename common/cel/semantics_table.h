#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/cel/cel.h"

// For tests only: what expressions mean, as a table of them.
namespace touchstone::cel {

struct Row {
  std::string expression;
  // The value as ToString writes it; `error: ...` if evaluation fails with a message that has this in it; `refused: ...`
  // if Compile does.
  std::string expected;
};

// What `expression` comes to, in the form of Row::expected, whole.
inline std::string Outcome(const Environment& environment, const Activation& activation, const std::string& expression) {
  std::vector<CompileError> errors;
  const absl::StatusOr<Program> program = Compile(environment, expression, &errors);
  if (!program.ok()) return absl::StrCat("refused: ", errors.at(0).message);
  const absl::StatusOr<Value> value = program->Evaluate(activation);
  if (!value.ok()) return absl::StrCat("error: ", value.status().message());
  return ToString(*value);
}

inline bool IsAsExpected(absl::string_view outcome, absl::string_view expected) {
  for (absl::string_view kind : {"error: ", "refused: "}) {
    if (!absl::ConsumePrefix(&expected, kind)) continue;
    return absl::StartsWith(outcome, kind) && absl::StrContains(outcome, expected);
  }
  return outcome == expected;
}

inline void ExpectRows(const Environment& environment, const Activation& activation, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const std::string outcome = Outcome(environment, activation, row.expression);
    EXPECT_TRUE(IsAsExpected(outcome, row.expected))
        << row.expression << "\n  is       " << outcome << "\n  expected " << row.expected;
  }
}

// Rows that name no variable.
inline void ExpectRows(const std::vector<Row>& rows) {
  const Environment environment = Environment::Builder().Build().value();
  ExpectRows(environment, Activation(environment), rows);
}

}  // namespace touchstone::cel
