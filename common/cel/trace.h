#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "common/cel/program.h"

namespace touchstone::cel {

// What one part of an expression came to.
struct Traced {
  std::string text;   // As it was written.
  int offset = 0;     // Where, in bytes of the expression.
  std::string value;  // Brief: `"order.delivered"`, `4 (CHANNEL_PHONE)`, `error: no such key`, `(personal)`.
};

// True of fields whose values are not shown.
using IsPersonal = absl::FunctionRef<bool(const google::protobuf::FieldDescriptor&)>;

// Evaluates, and returns every part that was evaluated, literals left out, in the order in which they had their values:
// the whole expression last. What && and || did not need is not there; inside a macro a part is there once for each
// element. At most kTracedMax entries, the last of them the whole. What is read from a personal field, and what is made
// of it except a bool that a test of it gives, is `(personal)`. InvalidArgument if the activation is of another environment.
absl::StatusOr<std::vector<Traced>> Trace(const Program& program, const Activation& activation, IsPersonal is_personal);

}  // namespace touchstone::cel
