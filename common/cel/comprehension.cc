#include <algorithm>
#include <new>

#include "common/cel/evaluation.h"
#include "common/cel/node.h"

// The macros that go over a list or the keys of a map.
namespace touchstone::cel {
namespace {

Value TooManySteps() { return Value::Error(EvaluationError::kTooManySteps); }

Value NotBool(const Node& predicate) { return Value::Error(EvaluationError::kNoSuchOverload, &predicate); }

}  // namespace

absl::optional<absl::Span<const Value>> Evaluation::Range(const Node& node, Value& error) {
  const Value range = Eval(*node.children[0]);
  if (range.kind() != Kind::kList && range.kind() != Kind::kMap) {
    error = range.IsError() ? range : Value::Error(EvaluationError::kNoSuchOverload);
    return absl::nullopt;
  }
  const size_t size = range.size();
  char* memory = Allocate(size * sizeof(Value));
  if (memory == nullptr) {
    error = Value::Error(EvaluationError::kTooLarge);
    return absl::nullopt;
  }
  auto* elements = reinterpret_cast<Value*>(memory);
  for (size_t i = 0; i < size; ++i) new (elements + i) Value(range.kind() == Kind::kList ? range.At(i) : range.EntryAt(i).key);
  if (range.kind() == Kind::kMap) {
    // A message's map has an order that changes from run to run.
    std::sort(elements, elements + size, [](const Value& a, const Value& b) {
      const absl::optional<Order> order = Compare(a, b);
      return order.has_value() ? *order == Order::kLess : a.kind() < b.kind();
    });
  }
  return absl::MakeConstSpan(elements, size);
}

bool Evaluation::SpendIteration(const Node& node) {
  int64_t nodes = 0;
  for (size_t i = 1; i < node.children.size(); ++i) nodes += node.children[i]->nodes;
  return Spend(nodes);
}

Value Evaluation::Comprehension(const Node& node) {
  Value error;
  const absl::optional<absl::Span<const Value>> range = Range(node, error);
  if (!range.has_value()) return error;
  switch (node.op) {
    case Op::kAll:
    case Op::kExists:
      return AllOrExists(node, *range);
    case Op::kExistsOne:
      return ExistsOne(node, *range);
    default:
      return FilterOrMap(node, *range);
  }
}

// As && and || over the elements: one that decides wins over errors of others.
Value Evaluation::AllOrExists(const Node& node, absl::Span<const Value> range) {
  const bool decides = node.op == Op::kExists;
  Value result = Value::Bool(!decides);
  for (const Value& element : range) {
    // Not an error like others: going on would cost what the limit forbids.
    if (!SpendIteration(node)) return TooManySteps();
    locals_[node.slot] = element;
    const Value value = Eval(*node.children[1]);
    if (value.kind() == Kind::kBool) {
      if (value.bool_value() == decides) return value;
    } else if (!result.IsError()) {
      result = value.IsError() ? value : NotBool(*node.children[1]);
    }
  }
  return result;
}

Value Evaluation::ExistsOne(const Node& node, absl::Span<const Value> range) {
  int64_t count = 0;
  for (const Value& element : range) {
    if (!SpendIteration(node)) return TooManySteps();
    locals_[node.slot] = element;
    const Value value = Eval(*node.children[1]);
    if (value.IsError()) return value;
    if (value.kind() != Kind::kBool) return NotBool(*node.children[1]);
    count += value.bool_value() ? 1 : 0;
  }
  return Value::Bool(count == 1);
}

Value Evaluation::FilterOrMap(const Node& node, absl::Span<const Value> range) {
  const bool has_predicate = node.op == Op::kFilter || node.children.size() == 3;
  char* memory = Allocate(range.size() * sizeof(Value));
  if (memory == nullptr) return Value::Error(EvaluationError::kTooLarge);
  auto* results = reinterpret_cast<Value*>(memory);
  size_t count = 0;
  for (const Value& element : range) {
    if (!SpendIteration(node)) return TooManySteps();
    locals_[node.slot] = element;
    if (has_predicate) {
      const Value keep = Eval(*node.children[1]);
      if (keep.IsError()) return keep;
      if (keep.kind() != Kind::kBool) return NotBool(*node.children[1]);
      if (!keep.bool_value()) continue;
    }
    const Value result = node.op == Op::kFilter ? element : Eval(*node.children.back());
    if (result.IsError()) return result;
    new (results + count++) Value(result);
  }
  return Value::List(absl::MakeConstSpan(results, count));
}

}  // namespace touchstone::cel
