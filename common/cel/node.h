#pragma once

#include <google/protobuf/descriptor.h>
#include <re2/re2.h>

#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/cel/functions.h"
#include "common/cel/type.h"
#include "common/cel/value.h"

namespace touchstone::cel {

enum class Op : uint8_t {
  kConstant,      // constant
  kVariable,      // slot: its index in the environment
  kLocal,         // slot: a macro's variable
  kField,         // children[0].field, resolved
  kSelectByName,  // children[0].name of a map, or of what is known only when evaluated
  kHasField,      // has(children[0].field)
  kHasByName,     // has(children[0].name)
  kIndex,
  kAnd,
  kOr,
  kNot,
  kConditional,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIn,
  kList,
  kMap,
  kCall,  // overloads over children
  kAll,   // Macros: children[0] is what they go over, children[1] the predicate, with slot bound.
  kExists,
  kExistsOne,
  kFilter,
  kTransform,  // map(): children[1] the result, or children[1] the predicate and children[2] the result.
};

// A part of a checked expression: names resolved, ready to be evaluated. Immutable once compiled.
struct Node {
  Op op = Op::kConstant;
  int slot = 0;
  int begin = 0;  // Bytes of the text: [begin, end).
  int end = 0;
  int nodes = 1;  // Of this tree: what a step inside a macro costs.
  const google::protobuf::FieldDescriptor* field = nullptr;
  absl::string_view name;  // In the program's memory.
  Value constant;
  std::vector<std::unique_ptr<Node>> children;
  std::vector<const Overload*> overloads;  // Those that the types allow; which, the values say.
  std::unique_ptr<const RE2> regex;        // Of matches().
  absl::TimeZone zone = absl::UTCTimeZone();
  Type type;
};

}  // namespace touchstone::cel
