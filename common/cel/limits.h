#ifndef COMMON_CEL_LIMITS_H_
#define COMMON_CEL_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace touchstone::cel {

// An expression's text.
inline constexpr size_t kMaxExpressionBytes = 16 * 1024;
// Levels of the syntax tree: `a + b + c` has three. CEL asks for 32.
inline constexpr int kMaxTreeDepth = 200;
// Nodes of the syntax tree.
inline constexpr int kMaxTreeNodes = 4096;
// Macros within macros: each multiplies the time.
inline constexpr int kMaxMacroDepth = 6;
// What one evaluation may do: a step is a node inside a macro, an element compared, or 16 bytes looked at.
inline constexpr int64_t kMaxEvaluationSteps = 1'000'000;
// What one evaluation may build: concatenations, lists, maps, conversions to string.
inline constexpr size_t kMaxScratchBytes = 1024 * 1024;
// Errors that one Compile reports.
inline constexpr size_t kMaxCompileErrors = 10;
// Entries that one Trace returns.
inline constexpr size_t kMaxTraced = 256;
// Memory of one compiled regular expression.
inline constexpr int64_t kMaxRegexBytes = 1024 * 1024;

}  // namespace touchstone::cel

#endif  // COMMON_CEL_LIMITS_H_
