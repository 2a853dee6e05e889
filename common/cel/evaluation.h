#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "common/cel/limits.h"
#include "common/cel/value.h"
#include "common/cel/value_arena.h"

namespace touchstone::cel {

// Told what each part of an expression came to, as it comes.
class EvaluationObserver {
 public:
  virtual ~EvaluationObserver() = default;
  virtual void OnValue(const Node& node, const Value& value) = 0;
};

// One evaluation under way: what it reads, where it builds, what it may still spend.
class Evaluation {
 public:
  // `variables` by their index; those without a value are errors. All borrowed; `observer` may be null.
  Evaluation(absl::Span<const Value> variables, ValueArena& arena, EvaluationObserver* observer)
      : variables_(variables), arena_(arena), arena_start_(arena.used()), observer_(observer) {}

  Value Eval(const Node& node);

  // False once more was spent than kEvaluationStepsMax.
  bool Spend(int64_t steps) { return (steps_left_ -= steps) >= 0; }
  bool SpendOn(absl::string_view text) { return Spend(static_cast<int64_t>(text.size() / 16)); }
  // Memory of this evaluation's results; null if it would pass kScratchBytesMax.
  char* Allocate(size_t bytes);
  // A copy that lives as long as the result, or an error.
  Value NewString(absl::string_view text);

 private:
  Value Run(const Node& node);
  // What is written with a sign, between operands or before one, or as `in`.
  Value Operator(const Node& node);
  Value Field(const Node& node);
  Value SelectByName(const Node& node);
  Value HasByName(const Node& node);
  Value Index(const Node& node);
  Value And(const Node& node);
  Value Or(const Node& node);
  Value Not(const Node& node);
  Value Conditional(const Node& node);
  Value Equality(const Node& node);
  Value Ordering(const Node& node);
  Value In(const Node& node);
  Value NewList(const Node& node);
  Value NewMap(const Node& node);
  Value Call(const Node& node);

  // The macros, in comprehension.cc.
  Value Comprehension(const Node& node);
  Value AllOrExists(const Node& node, absl::Span<const Value> range);
  Value ExistsOne(const Node& node, absl::Span<const Value> range);
  Value FilterOrMap(const Node& node, absl::Span<const Value> range);
  // What a macro goes over: elements, or keys in their order. Nothing, and `error` set, if there is none.
  absl::optional<absl::Span<const Value>> Range(const Node& node, Value& error);
  bool SpendIteration(const Node& node);

  absl::Span<const Value> variables_;
  ValueArena& arena_;
  size_t arena_start_;
  EvaluationObserver* observer_;
  int64_t steps_left_ = kEvaluationStepsMax;
  Value locals_[kMacroDepthMax];
};

}  // namespace touchstone::cel
