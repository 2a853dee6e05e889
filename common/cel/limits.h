#pragma once

#include <cstddef>
#include <cstdint>

namespace touchstone::cel {

// An expression's text.
inline constexpr size_t kExpressionBytesMax = 16 * 1024;
// Levels of the syntax tree: `a + b + c` has three. CEL asks for 32.
inline constexpr int kTreeDepthMax = 200;
// Nodes of the syntax tree.
inline constexpr int kTreeNodesMax = 4096;
// Macros within macros: each multiplies the time.
inline constexpr int kMacroDepthMax = 6;
// What one evaluation may do: a step is a node inside a macro, an element compared, or 16 bytes looked at.
inline constexpr int64_t kEvaluationStepsMax = 1'000'000;
// What one evaluation may build: concatenations, lists, maps, conversions to string.
inline constexpr size_t kScratchBytesMax = 1024 * 1024;
// Errors that one Compile reports.
inline constexpr size_t kCompileErrorsMax = 10;
// Entries that one Trace returns.
inline constexpr size_t kTracedMax = 256;
// Memory of one compiled regular expression.
inline constexpr int64_t kRegexBytesMax = 1024 * 1024;

}  // namespace touchstone::cel
