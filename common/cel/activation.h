#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/cel/environment.h"
#include "common/cel/value.h"
#include "common/cel/value_arena.h"

namespace touchstone::cel {

// The values of an environment's variables for some evaluations, and the memory of what those build. Used by one thread
// at a time; made once and bound again for each event.
class Activation {
 public:
  explicit Activation(const Environment& environment);

  // `index` is the environment's. The value views what the caller owns, until it is bound again or Clear. A kind that is
  // not the variable's, or a message of another type, is a broken invariant and crashes.
  void Bind(int index, const Value& value);
  void Bind(int index, const google::protobuf::Message& message) { Bind(index, Value::Message(&message)); }

  // Unbinds all, and frees what evaluations built: their values are gone.
  void Clear();

  const Environment& environment() const { return environment_; }
  absl::Span<const Value> values() const { return values_; }
  // Evaluating changes nothing a caller sees, so it asks for a const Activation; its memory is still this one.
  ValueArena& arena() const { return arena_; }

 private:
  Environment environment_;
  std::vector<Value> values_;
  mutable ValueArena arena_;
};

}  // namespace touchstone::cel
