#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/cel/type.h"
#include "common/cel/value.h"

namespace touchstone::cel {

class Evaluation;
struct Node;

inline constexpr int kParametersMax = 2;

// What an overload does. `arguments` have the overload's kinds; `node` is the call, for what was prepared with it.
using Implementation = Value (*)(const Node& node, Evaluation& evaluation, const Value* arguments);

enum class CallStyle : uint8_t { kOperator, kGlobal, kReceiver };

// A function or operator of CEL's standard definitions for arguments of certain kinds.
struct Overload {
  absl::string_view name;  // Of an operator: as it is written.
  CallStyle style;
  std::vector<Kind> parameters;  // The receiver first.
  Kind result;                   // kList: a list as the arguments are.
  Implementation run;

  bool Takes(const Value* arguments, size_t count) const;
};

// All overloads of `name` in that style, in the order of their declaration; empty if there is none.
absl::Span<const Overload* const> FindOverloads(absl::string_view name, CallStyle style);

// The names of all functions, for `did you mean`.
std::vector<std::string> FunctionNames(CallStyle style);

// The parts of the table, each beside what it does.
std::vector<Overload> ArithmeticOverloads();
std::vector<Overload> StringOverloads();
std::vector<Overload> TimeOverloads();
std::vector<Overload> ConversionOverloads();

}  // namespace touchstone::cel
