#include "common/cel/activation.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace touchstone::cel {
namespace {

bool Fits(const Value& value, const Type& type) {
  if (type.IsOpen()) return true;
  // An error is what an evaluation that reads the variable comes to: a message with a time out of range, for example.
  if (value.IsError()) return true;
  if (value.kind() == Kind::kNull) return type.nullable() || type.kind() == Kind::kNull;
  if (value.kind() != type.kind()) return false;
  return value.kind() != Kind::kMessage || value.descriptor() == type.message();
}

[[noreturn]] void Crash(const Environment::Variable& variable, const Value& value) {
  std::fprintf(
      stderr, "cel: variable '%s' of type %s was bound to a %s\n", variable.name.c_str(), variable.type.Name().c_str(),
      value.kind() == Kind::kMessage ? value.message().GetTypeName().c_str() : std::string(KindName(value.kind())).c_str());
  std::abort();
}

}  // namespace

Activation::Activation(const Environment& environment) : environment_(environment) {
  values_.assign(environment.variables().size(), Value::Error(EvaluationError::kUnbound));
}

void Activation::Bind(int index, const Value& value) {
  const Environment::Variable& variable = environment_.variables().at(index);
  if (!Fits(value, variable.type)) Crash(variable, value);
  values_[index] = value;
}

void Activation::Clear() {
  std::fill(values_.begin(), values_.end(), Value::Error(EvaluationError::kUnbound));
  arena_.Clear();
}

}  // namespace touchstone::cel
