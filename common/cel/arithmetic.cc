#include <cstring>
#include <limits>

#include "common/cel/evaluation.h"
#include "common/cel/functions.h"
#include "common/cel/value.h"

namespace touchstone::cel {
namespace {

constexpr int64_t kIntMin = std::numeric_limits<int64_t>::min();

Value Overflow() { return Value::Error(EvaluationError::kIntegerOverflow); }

// --- int ---

Value NegateInt(const Node&, Evaluation&, const Value* a) {
  return a[0].int_value() == kIntMin ? Overflow() : Value::Int(-a[0].int_value());
}
Value AddInts(const Node&, Evaluation&, const Value* a) {
  int64_t sum = 0;
  return __builtin_add_overflow(a[0].int_value(), a[1].int_value(), &sum) ? Overflow() : Value::Int(sum);
}
Value SubtractInts(const Node&, Evaluation&, const Value* a) {
  int64_t difference = 0;
  return __builtin_sub_overflow(a[0].int_value(), a[1].int_value(), &difference) ? Overflow() : Value::Int(difference);
}
Value MultiplyInts(const Node&, Evaluation&, const Value* a) {
  int64_t product = 0;
  return __builtin_mul_overflow(a[0].int_value(), a[1].int_value(), &product) ? Overflow() : Value::Int(product);
}
Value DivideInts(const Node&, Evaluation&, const Value* a) {
  if (a[1].int_value() == 0) return Value::Error(EvaluationError::kDivisionByZero);
  if (a[0].int_value() == kIntMin && a[1].int_value() == -1) return Overflow();
  return Value::Int(a[0].int_value() / a[1].int_value());
}
Value ModuloInts(const Node&, Evaluation&, const Value* a) {
  if (a[1].int_value() == 0) return Value::Error(EvaluationError::kModulusByZero);
  if (a[0].int_value() == kIntMin && a[1].int_value() == -1) return Overflow();
  return Value::Int(a[0].int_value() % a[1].int_value());
}

// --- uint ---

Value AddUints(const Node&, Evaluation&, const Value* a) {
  uint64_t sum = 0;
  return __builtin_add_overflow(a[0].uint_value(), a[1].uint_value(), &sum) ? Overflow() : Value::Uint(sum);
}
Value SubtractUints(const Node&, Evaluation&, const Value* a) {
  uint64_t difference = 0;
  return __builtin_sub_overflow(a[0].uint_value(), a[1].uint_value(), &difference) ? Overflow() : Value::Uint(difference);
}
Value MultiplyUints(const Node&, Evaluation&, const Value* a) {
  uint64_t product = 0;
  return __builtin_mul_overflow(a[0].uint_value(), a[1].uint_value(), &product) ? Overflow() : Value::Uint(product);
}
Value DivideUints(const Node&, Evaluation&, const Value* a) {
  if (a[1].uint_value() == 0) return Value::Error(EvaluationError::kDivisionByZero);
  return Value::Uint(a[0].uint_value() / a[1].uint_value());
}
Value ModuloUints(const Node&, Evaluation&, const Value* a) {
  if (a[1].uint_value() == 0) return Value::Error(EvaluationError::kModulusByZero);
  return Value::Uint(a[0].uint_value() % a[1].uint_value());
}

// --- double: IEEE 754, so a division by zero is an infinity or a NaN ---

Value NegateDouble(const Node&, Evaluation&, const Value* a) { return Value::Double(-a[0].double_value()); }
Value AddDoubles(const Node&, Evaluation&, const Value* a) { return Value::Double(a[0].double_value() + a[1].double_value()); }
Value SubtractDoubles(const Node&, Evaluation&, const Value* a) {
  return Value::Double(a[0].double_value() - a[1].double_value());
}
Value MultiplyDoubles(const Node&, Evaluation&, const Value* a) {
  return Value::Double(a[0].double_value() * a[1].double_value());
}
Value DivideDoubles(const Node&, Evaluation&, const Value* a) { return Value::Double(a[0].double_value() / a[1].double_value()); }

// --- joining ---

Value JoinTexts(Evaluation& evaluation, absl::string_view first, absl::string_view second, Kind kind) {
  char* joined = evaluation.Allocate(first.size() + second.size());
  if (joined == nullptr) return Value::Error(EvaluationError::kTooLarge);
  if (!first.empty()) std::memcpy(joined, first.data(), first.size());
  if (!second.empty()) std::memcpy(joined + first.size(), second.data(), second.size());
  const absl::string_view text(joined, first.size() + second.size());
  return kind == Kind::kString ? Value::String(text) : Value::Bytes(text);
}
Value AddTexts(const Node&, Evaluation& evaluation, const Value* a) {
  return JoinTexts(evaluation, a[0].text(), a[1].text(), a[0].kind());
}
Value AddLists(const Node&, Evaluation& evaluation, const Value* a) {
  const size_t first = a[0].size(), second = a[1].size();
  char* memory = evaluation.Allocate((first + second) * sizeof(Value));
  if (memory == nullptr) return Value::Error(EvaluationError::kTooLarge);
  auto* joined = reinterpret_cast<Value*>(memory);
  for (size_t i = 0; i < first; ++i) new (joined + i) Value(a[0].At(i));
  for (size_t i = 0; i < second; ++i) new (joined + first + i) Value(a[1].At(i));
  return Value::List(absl::MakeConstSpan(joined, first + second));
}

Overload Unary(absl::string_view name, Kind kind, Implementation run) { return {name, CallStyle::kOperator, {kind}, kind, run}; }
Overload Binary(absl::string_view name, Kind kind, Implementation run) {
  return {name, CallStyle::kOperator, {kind, kind}, kind, run};
}

}  // namespace

std::vector<Overload> ArithmeticOverloads() {
  return {
      Unary("-", Kind::kInt, NegateInt),       Unary("-", Kind::kDouble, NegateDouble),     Binary("+", Kind::kInt, AddInts),
      Binary("+", Kind::kUint, AddUints),      Binary("+", Kind::kDouble, AddDoubles),      Binary("+", Kind::kString, AddTexts),
      Binary("+", Kind::kBytes, AddTexts),     Binary("+", Kind::kList, AddLists),          Binary("-", Kind::kInt, SubtractInts),
      Binary("-", Kind::kUint, SubtractUints), Binary("-", Kind::kDouble, SubtractDoubles), Binary("*", Kind::kInt, MultiplyInts),
      Binary("*", Kind::kUint, MultiplyUints), Binary("*", Kind::kDouble, MultiplyDoubles), Binary("/", Kind::kInt, DivideInts),
      Binary("/", Kind::kUint, DivideUints),   Binary("/", Kind::kDouble, DivideDoubles),   Binary("%", Kind::kInt, ModuloInts),
      Binary("%", Kind::kUint, ModuloUints),
  };
}

}  // namespace touchstone::cel
