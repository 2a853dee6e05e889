#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/cel/activation.h"
#include "common/cel/compile_error.h"
#include "common/cel/environment.h"
#include "common/cel/type.h"
#include "common/cel/value.h"

namespace touchstone::cel {

struct Node;

// A checked expression, ready to be evaluated. Immutable, cheap to copy, safe to share among threads; values it gives
// may view it.
class Program {
 public:
  // The expression as it was written.
  absl::string_view text() const;
  Type result_type() const;
  // Parts of the expression: what one evaluation costs, without macros.
  int size() const;
  const Environment& environment() const;
  // What is evaluated; lives as long as any copy of this.
  const Node& root() const;

  // The value for those variables. It lives as long as the program, the activation until its Clear, and what is bound.
  // An evaluation without a value is InvalidArgument (no such key, division by zero, ...), OutOfRange (overflow, ...) or
  // ResourceExhausted (limits.h), with the part of the expression that failed; values are not named. An activation of
  // another environment is InvalidArgument. Does not block.
  absl::StatusOr<Value> Evaluate(const Activation& activation) const;
  // The same for a program of type bool.
  absl::StatusOr<bool> EvaluateBool(const Activation& activation) const;

 private:
  friend absl::StatusOr<Program> Compile(const Environment& environment, absl::string_view text,
                                         std::vector<CompileError>* errors);
  struct State;
  explicit Program(std::shared_ptr<const State> state) : state_(std::move(state)) {}

  std::shared_ptr<const State> state_;
};

// Parses, checks and prepares `text`. InvalidArgument with all errors rendered (compile_error.h) if it is not a valid
// expression of this subset in that environment; they are also put into `errors` if that is not null.
absl::StatusOr<Program> Compile(const Environment& environment, absl::string_view text,
                                std::vector<CompileError>* errors = nullptr);

// Compile, for what must be a bool.
absl::StatusOr<Program> CompileCondition(const Environment& environment, absl::string_view text,
                                         std::vector<CompileError>* errors = nullptr);

// The status for an evaluation that came to the error value `error`.
absl::Status EvaluationStatus(const Program& program, const Value& error);

}  // namespace touchstone::cel
