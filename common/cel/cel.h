#pragma once

// All of the expression language that its users need; see README.md.
#include "common/cel/activation.h"           // IWYU pragma: export
#include "common/cel/compile_error.h"        // IWYU pragma: export
#include "common/cel/environment.h"          // IWYU pragma: export
#include "common/cel/program.h"              // IWYU pragma: export
#include "common/cel/required_equalities.h"  // IWYU pragma: export
#include "common/cel/trace.h"                // IWYU pragma: export
#include "common/cel/type.h"                 // IWYU pragma: export
#include "common/cel/value.h"                // IWYU pragma: export
#include "common/cel/value_text.h"           // IWYU pragma: export
