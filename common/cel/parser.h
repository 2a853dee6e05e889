#pragma once

#include <memory>

#include "absl/strings/string_view.h"
#include "common/cel/compile_error.h"
#include "common/cel/syntax_tree.h"

namespace touchstone::cel {

// The tree of `text`. Null, and `error` set, at the first place that is no CEL, is left out of this subset (see
// README.md), or passes a limit of limits.h.
std::unique_ptr<Expr> Parse(absl::string_view text, CompileError& error);

}  // namespace touchstone::cel
